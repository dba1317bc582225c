/**
 * The same data, read-only down to its leaves: several callers hold it, and what one of them changed would reach the
 * others. Names and numbers that are branded stay as they are.
 */
export type SharedResult<T> = T extends Leaf
  ? T
  : T extends ReadonlyMap<infer Key, infer Value>
    ? ReadonlyMap<SharedResult<Key>, SharedResult<Value>>
    : T extends ReadonlySet<infer Value>
      ? ReadonlySet<SharedResult<Value>>
      : { readonly [Name in keyof T]: SharedResult<T[Name]> };

type Leaf =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | ((...parameters: never) => unknown);
