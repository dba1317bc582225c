const byDigits = [0, 1, 2, 3].map(
  (digits) =>
    new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
);
const ranges = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 });

/** Microseconds as milliseconds with three significant digits, whole ones in full: `0.042`, `3.14`, `186`, `1,234`. */
export function millis(micros: number): string {
  const value = micros / 1000;
  if (value > 0 && value < 0.0005) return '<0.001';
  const digits = value === 0 ? 0 : value < 0.9995 ? 3 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return byDigits[digits]?.format(value) ?? String(value);
}

/** Bytes with three significant digits: `512 B`, `4.10 kB`, `1.23 MB`; 1 kB is 1,000 B. */
export function bytes(count: number): string {
  const power = count < 999.5 ? 0 : count < 999_500 ? 1 : count < 999.5e6 ? 2 : 3;
  const value = count / 1e3 ** power;
  const digits = power === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${byDigits[digits]?.format(value) ?? value} ${['B', 'kB', 'MB', 'GB'][power]}`;
}

/** A share from 0 to 1: `12.3 %`, `<0.1 %` for what is there and would round to nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1 %';
  return `${(share * 100).toFixed(1)} %`;
}

/** From one share to another: `1.2–3.4 %`, `<0.1–0.3 %`, or as one where they read alike. */
export function percentRange({ least, most }: { readonly least: number; readonly most: number }): string {
  const one = percent(most);
  const other = percent(least);
  return other === one ? one : `${other.slice(0, -' %'.length)}–${one}`;
}

/** `1 operation`, `1,234 operations`. */
export function counted(count: number, noun: string): string {
  return `${amount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A number that may be a mean: `48,211`, `0.5`. */
export function amount(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** How many times as much: `2.8`, `31`. */
export function factor(value: number): string {
  return ranges.format(value);
}
