import { BOX_KINDS, type BoxKind, type CallTree, type View } from './call-tree.ts';
import { MAX_BOXES, PictureTooLargeError } from './picture-too-large-error.ts';
import { emptyTreeColumns, frontColumns, type TreeColumns } from './tree-columns.ts';

export interface WrittenBox {
  readonly kind: BoxKind;
  readonly subject: number;
  readonly phase: number;
  readonly start: number;
  readonly total: number;
  readonly self: number;
  readonly count: number;
}

/** The boxes of a picture in preorder, each written once and complete. */
export class TreeWriter {
  length = 0;
  maxDepth = 0;
  readonly columns: TreeColumns;

  /** `most` boxes at the most; memory beyond those that come is not touched. */
  constructor(most: number) {
    this.columns = emptyTreeColumns(Math.min(most, MAX_BOXES));
  }

  /** The place of the next box. */
  next(depth: number): number {
    if (this.length === this.columns.parent.length) throw new PictureTooLargeError(MAX_BOXES);
    if (depth > this.maxDepth) this.maxDepth = depth;
    return this.length++;
  }

  /** `above` is -1 for the root. */
  write(above: number, box: WrittenBox): number {
    const { columns } = this;
    const depth = above < 0 ? 0 : (columns.depth[above] ?? 0) + 1;
    const at = this.next(depth);
    columns.parent[at] = above;
    columns.depth[at] = depth;
    columns.kind[at] = BOX_KINDS.indexOf(box.kind);
    columns.subject[at] = box.subject;
    columns.phase[at] = box.phase;
    columns.start[at] = box.start;
    columns.total[at] = box.total;
    columns.self[at] = box.self;
    columns.count[at] = box.count;
    return at;
  }

  build(view: View): CallTree {
    const { length, maxDepth } = this;
    return { view, length, maxDepth, ...frontColumns(this.columns, length) };
  }
}
