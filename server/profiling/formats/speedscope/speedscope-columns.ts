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
  eventOpens: GrowingIntegers;
  eventFrame: GrowingFloats;
  eventAt: GrowingFloats;
  /** Of a sampled profile: the frames of all stacks one after the other, and where each stack ends. */
  stackFrames: GrowingFloats;
  stackEnds: GrowingFloats;
  weights: GrowingFloats;

  constructor(where: string) {
    this.where = where;
    [this.eventOpens, this.eventFrame, this.eventAt] = this.#noEvents();
    [this.stackFrames, this.stackEnds] = this.#noStacks();
    this.weights = this.#noWeights();
  }

  /** Of a field that stands twice the last one counts, as in JSON. */
  read(cursor: JsonCursor): void {
    const { where } = this;
    cursor.object(where);
    for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
      if (key === 'type' || key === 'name' || key === 'unit') this[key] = cursor.value();
      else if (key === 'startValue' || key === 'endValue') this[key] = cursor.number(`${where}.${key}`);
      else if (key === 'events') this.#readEvents(cursor);
      else if (key === 'samples') this.#readStacks(cursor);
      else if (key === 'weights') this.#readWeights(cursor);
      else cursor.skip();
    }
  }

  /** Events, or stacks. */
  get length(): number {
    return this.type === 'evented' ? this.eventAt.length : this.stackEnds.length;
  }

  #noEvents(): [GrowingIntegers, GrowingFloats, GrowingFloats] {
    const tooMany = tooManySamples(`${this.where}.events`);
    // Each sample of an evented profile is at least one event.
    const most = 4 * MAX_SAMPLES;
    return [
      new GrowingIntegers(most, tooMany),
      new GrowingFloats(most, tooMany),
      new GrowingFloats(most, tooMany),
    ];
  }

  #noStacks(): [GrowingFloats, GrowingFloats] {
    const where = `${this.where}.samples`;
    return [
      new GrowingFloats(MAX_STACK_ENTRIES, tooManyEntries(where)),
      new GrowingFloats(MAX_SAMPLES, tooManySamples(where)),
    ];
  }

  #noWeights(): GrowingFloats {
    return new GrowingFloats(MAX_SAMPLES, tooManySamples(`${this.where}.weights`));
  }

  #readWeights(cursor: JsonCursor): void {
    this.weights = this.#noWeights();
    cursor.numbers(this.weights, `${this.where}.weights`);
  }

  #readEvents(cursor: JsonCursor): void {
    [this.eventOpens, this.eventFrame, this.eventAt] = this.#noEvents();
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
    [this.stackFrames, this.stackEnds] = this.#noStacks();
    const where = `${this.where}.samples`;
    cursor.list(where);
    while (cursor.item()) {
      cursor.numbers(this.stackFrames, `${where}[${this.stackEnds.length}]`);
      this.stackEnds.push(this.stackFrames.length);
    }
  }
}
