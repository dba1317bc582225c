declare const saveMarkBrand: unique symbol;

/** Tells what was saved once from what took its place: opaque text. */
export type SaveMark = string & { readonly [saveMarkBrand]: true };
