import { frameText } from '../call-frames.ts';
import { GrowingFloats, GrowingIntegers } from '../growing-column.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { MAX_SAMPLES, MAX_STACK_ENTRIES, tooManyEntries, tooManySamples } from '../limits.ts';

/** One of the profiles of a speedscope file as it stands there, in columns. */
export class SpeedscopeColumns {
  readonly where: string;
  type: unknown;
  name: unknown;
  unit: unknown;
  startValue: number | undefined;
  endValue: number | undefined;
  /** Of an evented profile: 1 where a frame opens, 0 where it closes; its frame; when. */
  readonly eventOpens: GrowingIntegers;
  readonly eventFrame: GrowingFloats;
  readonly eventAt: GrowingFloats;
  /** Of a sampled profile: the frames of all stacks one after the other, and where each stack ends. */
  readonly stackFrames: GrowingFloats;
  readonly stackEnds: GrowingFloats;
  readonly weights: GrowingFloats;

  constructor(where: string) {
    this.where = where;
    // Each sample of an evented profile is at least one event.
    this.eventOpens = new GrowingIntegers(4 * MAX_SAMPLES, tooManySamples(`${where}.events`));
    this.eventFrame = new GrowingFloats(4 * MAX_SAMPLES, tooManySamples(`${where}.events`));
    this.eventAt = new GrowingFloats(4 * MAX_SAMPLES, tooManySamples(`${where}.events`));
    this.stackFrames = new GrowingFloats(MAX_STACK_ENTRIES, tooManyEntries(`${where}.samples`));
    this.stackEnds = new GrowingFloats(MAX_SAMPLES, tooManySamples(`${where}.samples`));
    this.weights = new GrowingFloats(MAX_SAMPLES, tooManySamples(`${where}.weights`));
  }

  read(cursor: JsonCursor): void {
    const { where } = this;
    cursor.object(where);
    for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
      if (key === 'type' || key === 'name' || key === 'unit') this[key] = cursor.value();
      else if (key === 'startValue' || key === 'endValue') this[key] = cursor.number(`${where}.${key}`);
      else if (key === 'events') this.#readEvents(cursor);
      else if (key === 'samples') this.#readStacks(cursor);
      else if (key === 'weights') cursor.numbers(this.weights, `${where}.weights`);
      else cursor.skip();
    }
  }

  /** Events, or stacks. */
  get length(): number {
    return this.type === 'evented' ? this.eventAt.length : this.stackEnds.length;
  }

  #readEvents(cursor: JsonCursor): void {
    cursor.list(`${this.where}.events`);
    while (cursor.item()) {
      const where = () => `${this.where}.events[${this.eventAt.length}]`;
      let [opens, frame, at] = [-1, Number.NaN, Number.NaN];
      cursor.object(where);
      for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
        if (key === 'type') opens = ['C', 'O'].indexOf(frameText(cursor.value()));
        else if (key === 'frame') frame = cursor.number(() => `${where()}.frame`);
        else if (key === 'at') at = cursor.number(() => `${where()}.at`);
        else cursor.skip();
      }
      if (opens === -1) throw cursor.missing(`${where()}.type ("O" or "C")`);
      if (Number.isNaN(frame)) throw cursor.missing(`${where()}.frame`);
      if (Number.isNaN(at)) throw cursor.missing(`${where()}.at`);
      this.eventOpens.push(opens);
      this.eventFrame.push(frame);
      this.eventAt.push(at);
    }
  }

  #readStacks(cursor: JsonCursor): void {
    const where = `${this.where}.samples`;
    cursor.list(where);
    while (cursor.item()) {
      cursor.numbers(this.stackFrames, `${where}[${this.stackEnds.length}]`);
      this.stackEnds.push(this.stackFrames.length);
    }
  }
}
