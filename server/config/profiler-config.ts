import type { RetrySettings } from '../handling/retrying/retry-settings.ts';
import type { HandlerConfig } from './handler-config.ts';

/** What `eventstore-profiler.config.ts` exports by default. */
export interface ProfilerConfig {
  readonly database?: {
    /**
     * A PostgreSQL of one's own; left out or undefined, the profiler runs one itself. A database that is named here is
     * never changed unasked: nothing is created in it, the event store neither.
     */
    readonly url?: string | undefined;
  };
  readonly handlers?: readonly HandlerConfig[];
  /** How the example handlers retry after a conflict. Variables of the environment count more. */
  readonly retries?: Partial<RetrySettings>;
  /** Whether the example handlers are listed beside one's own; true when it is left out. */
  readonly examples?: boolean;
}

/** Gives the config back as it is: it is there for the types. A function is called each time when the config is read. */
export function defineConfig<
  Config extends ProfilerConfig | (() => ProfilerConfig | Promise<ProfilerConfig>),
>(config: Config): Config {
  return config;
}
