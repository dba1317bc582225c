/** Where progress goes: stderr, so that stdout holds results only. */
type Output = Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;

/** One line that changes in a terminal; in a pipe or a log, one line per step and quarter. */
export class ProgressLine {
  readonly #output: Output;
  #shown = '';

  constructor(output: Output) {
    this.#output = output;
  }

  /** @param share 0 to 1; undefined where nobody knows */
  show(step: string, share: number | undefined): void {
    const percent = share === undefined ? undefined : Math.floor(share * 100);
    const shown = this.#output.isTTY ? line(step, percent) : line(step, percent && percent - (percent % 25));
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#output.write(this.#output.isTTY ? `\r\u001b[K${shown}` : `${shown}\n`);
  }

  /** A line that stays. */
  note(line: string): void {
    this.clear();
    this.#output.write(`${line}\n`);
  }

  /** Makes room for other lines. */
  clear(): void {
    // In a log the line is still there: the same one again would look like a second time.
    if (!this.#output.isTTY) return;
    if (this.#shown !== '') this.#output.write('\r\u001b[K');
    this.#shown = '';
  }
}

function line(step: string, percent: number | undefined): string {
  return percent === undefined ? `${step}…` : `${step}… ${percent} %`;
}
