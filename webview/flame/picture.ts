/**
 * What is to be drawn, row by row from left to right, in whole device pixels from `left` up to `right`. An entry is
 * one box, or a density box: a run of boxes too narrow for a pixel each, none of which is left out.
 */
export interface Picture {
  readonly length: number;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** The box, or the widest of a run. */
  readonly box: Uint32Array;
  /** Position of the first box in `rows.order`; the run's boxes stand there side by side. */
  readonly first: Uint32Array;
  /** How many boxes; 1 for a box of its own. */
  readonly count: Uint32Array;
  /** Microseconds in all boxes of the entry. */
  readonly total: Float64Array;
  readonly firstRow: number;
  readonly rowCount: number;
  /** Entries of row `firstRow + i` are `rowStart[i]` up to, not including, `rowStart[i + 1]`. */
  readonly rowStart: Uint32Array;
}

/** A run of narrow boxes is cut here, so that each piece keeps the colour of its place. */
const WIDEST_RUN = 3;

/** A box of the row, with its edges in pixels that are not yet snapped. */
export interface Placed {
  /** Position in `rows.order`. */
  readonly at: number;
  readonly box: number;
  readonly total: number;
  readonly from: number;
  readonly to: number;
}

/** Grows the columns; owns them until `finish`. */
export class PictureBuilder {
  #length = 0;
  #left = new Int32Array(1024);
  #right = new Int32Array(1024);
  #box = new Uint32Array(1024);
  #first = new Uint32Array(1024);
  #count = new Uint32Array(1024);
  #total = new Float64Array(1024);
  /** Width in microseconds of the box that stands for a run. */
  #widest = new Float64Array(1024);
  readonly #rowStart: Uint32Array;
  /** Pixels of the row before this one are taken. */
  #free = 0;
  /** The entry of the row that narrow boxes may still join; -1 for none. */
  #run = -1;

  constructor(rowCount: number) {
    this.#rowStart = new Uint32Array(rowCount + 1);
  }

  beginRow(row: number): void {
    this.#rowStart[row] = this.#length;
    this.#free = 0;
    this.#run = -1;
  }

  /** Gives the next box of the row its own pixels, or a share of a run where it is too narrow or its pixels are taken. */
  place(placed: Placed, width: number): void {
    const left = Math.max(this.#free, Math.round(placed.from));
    const right = Math.round(placed.to);
    if (right > left && placed.to - placed.from >= 1) {
      this.#add(left, right, placed);
      this.#run = -1;
      this.#free = right;
      return;
    }
    this.#placeNarrow(placed, Math.min(width, Math.ceil(placed.to)), width);
  }

  #placeNarrow(placed: Placed, end: number, width: number): void {
    const pixel = Math.min(width - 1, Math.floor(placed.from));
    const isNear = pixel < this.#free || (pixel === this.#free && this.#runWidth() < WIDEST_RUN);
    if (this.#run >= 0 && isNear) {
      this.#join(this.#run, Math.max(this.#free, end), placed);
    } else {
      let place = Math.max(this.#free, pixel);
      if (place >= width) place = this.#makeRoomBefore(width);
      if (place >= width) {
        this.#run = this.#length - 1;
        this.#join(this.#run, width, placed);
      } else this.#run = this.#add(place, Math.max(place + 1, end), placed);
    }
    this.#free = this.#right[this.#run] ?? 0;
  }

  #runWidth(): number {
    return (this.#right[this.#run] ?? 0) - (this.#left[this.#run] ?? 0);
  }

  /** At the right edge the box before gives up its last pixel; one that has a single pixel keeps it. */
  #makeRoomBefore(width: number): number {
    const last = this.#length - 1;
    if ((this.#left[last] ?? 0) < width - 1) {
      this.#right[last] = width - 1;
      return width - 1;
    }
    return width;
  }

  #add(left: number, right: number, { at, box, total }: Placed): number {
    const entry = this.#length++;
    if (entry >= this.#left.length) this.#grow();
    this.#left[entry] = left;
    this.#right[entry] = right;
    this.#box[entry] = box;
    this.#first[entry] = at;
    this.#count[entry] = 1;
    this.#total[entry] = total;
    this.#widest[entry] = total;
    return entry;
  }

  #join(entry: number, right: number, { box, total }: Placed): void {
    this.#right[entry] = right;
    this.#count[entry] = (this.#count[entry] ?? 0) + 1;
    this.#total[entry] = (this.#total[entry] ?? 0) + total;
    if (total > (this.#widest[entry] ?? 0)) {
      this.#widest[entry] = total;
      this.#box[entry] = box;
    }
  }

  finish(firstRow: number): Picture {
    const rowCount = this.#rowStart.length - 1;
    this.#rowStart[rowCount] = this.#length;
    return {
      length: this.#length,
      left: this.#left,
      right: this.#right,
      box: this.#box,
      first: this.#first,
      count: this.#count,
      total: this.#total,
      firstRow,
      rowCount,
      rowStart: this.#rowStart,
    };
  }

  #grow(): void {
    const size = this.#left.length * 2;
    this.#left = copied(this.#left, new Int32Array(size));
    this.#right = copied(this.#right, new Int32Array(size));
    this.#box = copied(this.#box, new Uint32Array(size));
    this.#first = copied(this.#first, new Uint32Array(size));
    this.#count = copied(this.#count, new Uint32Array(size));
    this.#total = copied(this.#total, new Float64Array(size));
    this.#widest = copied(this.#widest, new Float64Array(size));
  }
}

function copied<T extends { set(from: T): void }>(from: T, into: T): T {
  into.set(from);
  return into;
}
