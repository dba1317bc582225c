import type { HandlerKind } from '../handling/recording/operation-record.ts';
import type { PreparationResources, RunResources } from './handler-context.ts';
import type { InputRandom } from './input-random.ts';

/** What an input is made from. */
export interface InputContext<Prepared = unknown> {
  readonly random: InputRandom;
  /** Counts the executions of a run from 0. The one that warms up comes first and has the number behind the recorded ones. */
  readonly iteration: number;
  /** What `prepare` gave; undefined without one. */
  readonly prepared: Prepared;
}

type InputValue =
  | { readonly [field: string]: unknown }
  | readonly unknown[]
  | string
  | number
  | boolean
  | null;

/** Written as a method, so that handlers that prepare different things fit into one list. */
interface MakesInput<Prepared> {
  make(context: InputContext<Prepared>): unknown;
}

/** A handler of one's own, as a config file names it. */
export interface HandlerConfig<Prepared = unknown> {
  /** As lists show it; no two handlers have the same. */
  readonly name: string;
  readonly kind: HandlerKind;
  /** One sentence: what the handler answers or does. */
  readonly summary?: string;
  /** One sentence: what executing it changes for good. Left out, that of a command says that it may change what it works on. */
  readonly effect?: string;
  /** The module that exports the handler: a path relative to the config file, an alias of tsconfig.json, or a package. */
  readonly module: string;
  /** Name of the export; `default` when it is left out. */
  readonly export?: string;
  /** Done once, before the first execution and outside of what is measured. What it gives is `prepared` elsewhere. */
  prepare?(resources: PreparationResources): Prepared | Promise<Prepared>;
  /** The first argument of the handler: a value, or what makes one for each execution. Left out, it is undefined. */
  readonly input?: InputValue | MakesInput<Prepared>['make'];
  /** Done once behind the last execution, however the run ended unless it was killed. */
  cleanUp?(resources: RunResources & { readonly prepared: Prepared }): unknown;
  /** How long one execution may take, in milliseconds; 60,000 when it is left out. */
  readonly timeoutMs?: number;
}

/** Lets the types of `prepare`, `input` and `cleanUp` fit together; write `prepare` before `input`. */
export function defineHandler<Prepared>(handler: HandlerConfig<Prepared>): HandlerConfig<Prepared> {
  return handler;
}
