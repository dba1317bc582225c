/** What pg does with a value before it sends it; its declarations do not name the file. */
declare module 'pg/lib/utils.js' {
  const utils: {
    /** Text, bytes, or nothing for NULL. @throws whatever a value's own `toPostgres` throws */
    prepareValue(value: unknown): string | Uint8Array | null;
  };
  export default utils;
}
