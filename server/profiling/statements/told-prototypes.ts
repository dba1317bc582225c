import type { READ_FOR, Submitted, WATCHED } from './pg-shapes.ts';
import type { StatementWatch } from './statement-watch.ts';

/** What pg calls on a statement, and what its watch makes of it. */
export interface ToldMethods {
  /** Under which a statement has its watch. */
  readonly mark: typeof WATCHED | typeof READ_FOR;
  readonly methods: Readonly<Record<string, Observe>>;
}

type Observe = (watch: StatementWatch, message: unknown) => void;

interface Observation {
  users: number;
  readonly restore: () => void;
}

/** By prototype and method; several recorders may observe the same. */
const observations = new Map<object, Map<string, Observation>>();

/**
 * Has methods of statements told to the watch of the statement. They are replaced on the prototype, once: a statement with
 * methods of its own would be an object of a shape of its own, which takes some 5 µs of each. Only where a statement brings
 * methods of its own are those replaced.
 */
export class ToldPrototypes {
  readonly #told = new WeakMap<object, ToldPrototype>();
  readonly #ends: (() => void)[] = [];

  tell(target: Submitted, wanted: ToldMethods): void {
    const prototype: object = Object.getPrototypeOf(target) ?? Object.prototype;
    const told = this.#told.get(prototype);
    if (told?.whole.has(wanted)) return;
    this.#tellEach(target, told ?? this.#begin(prototype), wanted);
  }

  /** What somebody else has put in front since stays. */
  end(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  #begin(prototype: object): ToldPrototype {
    const told = {
      prototype: prototype as Submitted,
      names: new Set<string>(),
      whole: new Set<ToldMethods>(),
    };
    this.#told.set(prototype, told);
    return told;
  }

  #tellEach(target: Submitted, { prototype, names, whole }: ToldPrototype, wanted: ToldMethods): void {
    let hasOwn = prototype === Object.prototype;
    for (const [name, observe] of Object.entries(wanted.methods)) {
      const told: Told = { mark: wanted.mark, observe };
      if (Object.hasOwn(target, name)) {
        hasOwn = true;
        replace(target, name, told);
      } else if (!names.has(name) && prototype !== Object.prototype) {
        names.add(name);
        this.#ends.push(observePrototype(prototype, name, told));
      }
    }
    // The next statement of such a class brings its own methods as well.
    if (!hasOwn) whole.add(wanted);
  }
}

interface ToldPrototype {
  readonly prototype: Submitted;
  readonly names: Set<string>;
  /** Of which nothing is left to do for further statements. */
  readonly whole: Set<ToldMethods>;
}

interface Told {
  readonly mark: ToldMethods['mark'];
  readonly observe: Observe;
}

function observePrototype(prototype: Submitted, name: string, told: Told): () => void {
  const ofPrototype = observations.get(prototype) ?? new Map<string, Observation>();
  observations.set(prototype, ofPrototype);
  const observation = ofPrototype.get(name) ?? { users: 0, restore: replace(prototype, name, told) };
  ofPrototype.set(name, observation);
  observation.users += 1;
  return () => {
    observation.users -= 1;
    if (observation.users > 0) return;
    ofPrototype.delete(name);
    observation.restore();
  };
}

/** Calls the observer first; the method gets what it would have got. Returns what puts it back. */
function replace(target: Submitted, name: string, { mark, observe }: Told): () => void {
  const method = target[name];
  if (typeof method !== 'function') return () => undefined;
  const isOwn = Object.hasOwn(target, name);
  function observed(this: Submitted, ...given: unknown[]): unknown {
    const watch = this[mark];
    if (watch !== undefined) observe(watch, given[0]);
    return Reflect.apply(method as Method, this, given);
  }
  target[name] = observed;
  return () => {
    if (target[name] !== observed) return;
    if (isOwn) target[name] = method;
    else delete target[name];
  };
}

type Method = (...given: unknown[]) => unknown;
