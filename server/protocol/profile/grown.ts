interface Column<T> {
  set(source: T): void;
}

/** The content of a column at the front of a larger one. */
export function grown<T extends Column<T>>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}
