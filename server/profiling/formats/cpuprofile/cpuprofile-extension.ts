import * as z from 'zod';
import { operationTraceSchema } from '../../../protocol/operation-trace.ts';
import { ProfileFormatError } from '../../../protocol/profile/profile-format-error.ts';
import type { ProfileFacts } from '../../stacks-to-profile.ts';

/** Our key in a `.cpuprofile`. Other viewers pass over keys that they do not know. */
export const EXTENSION_KEY = '$eventstoreProfiler';

/** Raised when a reader of the version before would misunderstand what is written. */
const EXTENSION_VERSION = 1;

const extensionSchema = z.object({
  version: z.int().min(1),
  title: z.string(),
  startedAt: z.string(),
  samplingIntervalMicros: z.number().nonnegative(),
  /** Times on the clock of the profile's `startTime`. */
  operations: z.array(
    operationTraceSchema.extend({
      // Nothing of a profile needs them, and one that was converted does not know them: then they are not written.
      kind: operationTraceSchema.shape.kind.default('query'),
      iteration: operationTraceSchema.shape.iteration.default(0),
      eventsReadByType: operationTraceSchema.shape.eventsReadByType.default({}),
      outcome: operationTraceSchema.shape.outcome.default('answered'),
    }),
  ),
});

export type CpuProfileExtension = Omit<z.output<typeof extensionSchema>, 'version'>;

/** Operations as they are written: when, and in which phases; what else is known. */
export type WrittenOperation = z.input<typeof extensionSchema>['operations'][number];

/** What is written under the key. */
export interface WrittenExtension extends Omit<CpuProfileExtension, 'operations'> {
  readonly operations: readonly WrittenOperation[];
}

export function writeExtension(extension: WrittenExtension): WrittenExtension & { readonly version: number } {
  return { version: EXTENSION_VERSION, ...extension };
}

/** What a file says of itself; `title` is for one that another tool wrote. */
export function extensionFacts(extension: CpuProfileExtension | undefined, title: string): ProfileFacts {
  if (extension === undefined) return { title, startedAt: '' };
  const { operations, ...facts } = extension;
  return { ...facts, traces: operations };
}

/** Undefined for a profile that another tool wrote. */
export function readExtension(value: unknown): CpuProfileExtension | undefined {
  if (value === undefined) return undefined;
  const { success, data, error } = extensionSchema.safeParse(value);
  const version = z.object({ version: z.number() }).safeParse(value).data?.version ?? 0;
  if (version > EXTENSION_VERSION) {
    throw new ProfileFormatError(
      `${EXTENSION_KEY}.version`,
      `${version} is newer than ${EXTENSION_VERSION}`,
      {
        advice: 'Update Event Store Profiler, then open the profile again.',
      },
    );
  }
  if (success) return data;
  const [issue] = error.issues;
  const where = [EXTENSION_KEY, ...(issue?.path ?? [])].join('.');
  throw new ProfileFormatError(where, issue?.message ?? 'it is not what was written', { cause: error });
}
