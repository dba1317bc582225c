import { InvalidOptionError } from './errors.ts';
import { GuardedRecorder } from './guarded-recorder.ts';
import type {
  EventStoreInstrumentation,
  EventStorePhase,
  InstrumentationLevel,
  OperationName,
} from './instrumentation.ts';
import { OperationTrack } from './operation-track.ts';

/** Tells a recorder of a store's operations, and decides which are sampled. */
export class OperationTeller {
  readonly #recorder: GuardedRecorder;
  readonly #tellsPhases: boolean;
  readonly #samplingRate: number;
  readonly #random: () => number;

  private constructor({
    recorder,
    level,
    samplingRate = 1,
    random = Math.random,
  }: EventStoreInstrumentation) {
    this.#recorder = new GuardedRecorder(recorder);
    this.#tellsPhases = level !== 'operations';
    this.#samplingRate = samplingRate;
    this.#random = random;
  }

  /**
   * Undefined when there is nobody to tell, or nothing.
   * @throws InvalidOptionError for a level or a rate that there is not
   */
  static of(instrumentation: EventStoreInstrumentation | undefined): OperationTeller | undefined {
    if (instrumentation === undefined) return undefined;
    const { recorder, level = 'phases', samplingRate = 1 } = instrumentation;
    if (typeof recorder !== 'object' || recorder === null) {
      throw invalid(
        'recorder',
        'There is no recorder to tell.',
        'Give an object with methods of EventStoreRecorder.',
      );
    }
    if (!levels.includes(level)) {
      const what = `There is no instrumentation level ${JSON.stringify(level)}.`;
      throw invalid('level', what, `Choose one of: ${levels.join(', ')}.`);
    }
    // Not a number is neither.
    if (!(samplingRate >= 0 && samplingRate <= 1)) {
      throw invalid(
        'samplingRate',
        `${String(samplingRate)} is no share.`,
        'Give a number from 0 (none) to 1 (all).',
      );
    }
    return level === 'off' ? undefined : new OperationTeller(instrumentation);
  }

  /** The operation is in the phase from now on. */
  start(name: OperationName, phase: EventStorePhase): OperationTrack {
    const isSampled = this.#isSampled();
    const track = new OperationTrack(this.#recorder, { name, isSampled }, isSampled && this.#tellsPhases);
    track.enter(phase);
    return track;
  }

  #isSampled(): boolean {
    return this.#samplingRate === 1 || (this.#samplingRate > 0 && this.#random() < this.#samplingRate);
  }
}

const levels: readonly InstrumentationLevel[] = ['off', 'operations', 'phases'];

function invalid(option: string, message: string, advice: string): InvalidOptionError {
  return new InvalidOptionError(message, { advice, field: `instrumentation.${option}` });
}
