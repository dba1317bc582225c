/** A statement as it is sent: parameters as text. */
export interface SentStatement {
  /** '' for one that is not kept. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly (string | null)[];
  /** Whether the server has to be told the text. */
  readonly isNew: boolean;
}

/**
 * The messages that execute statements in one transaction, as one piece: every piece that a socket is given by itself costs as
 * much as a message. Parameters and results are texts.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export function statementMessages(statements: readonly SentStatement[]): Buffer {
  let size = syncMessage.length;
  for (const statement of statements) size += maxSizeOf(statement);
  const messages = new MessageWriter(size);
  for (const statement of statements) {
    if (statement.isNew) messages.parse(statement);
    messages.bind(statement);
    messages.add(executeMessage);
  }
  messages.add(syncMessage);
  return messages.written();
}

// All rows of the unnamed portal.
const executeMessage = Buffer.from('E\0\0\0\t\0\0\0\0\0', 'latin1');
const syncMessage = Buffer.from('S\0\0\0\x04', 'latin1');

// Letters, lengths and counts of Close, Parse, Bind and Execute.
const maxOverhead = 64;

function maxSizeOf({ name, text, values, isNew }: SentStatement): number {
  let size = maxOverhead + 3 * maxBytesOf(name) + (isNew ? maxBytesOf(text) : 0);
  for (const value of values) size += 4 + (value === null ? 0 : maxBytesOf(value));
  return size;
}

// A UTF-16 unit takes three bytes of UTF-8 at most; counting the bytes of a short text takes longer than writing it.
function maxBytesOf(text: string): number {
  return text.length < 4096 ? 3 * text.length : Buffer.byteLength(text);
}

class MessageWriter {
  readonly #buffer: Buffer;
  #offset = 0;

  constructor(size: number) {
    this.#buffer = Buffer.allocUnsafe(size);
  }

  /** A name may be taken by an exchange that failed; to close one that is not there is no error. */
  parse({ name, text }: SentStatement): void {
    if (name !== '') {
      const close = this.#begin('C');
      this.#offset = this.#buffer.writeUInt8(statementLetter, this.#offset);
      this.#text(name);
      this.#end(close);
    }
    const parse = this.#begin('P');
    this.#text(name);
    this.#text(text);
    this.#short(0);
    this.#end(parse);
  }

  bind({ name, values }: SentStatement): void {
    const bind = this.#begin('B');
    this.#text('');
    this.#text(name);
    this.#short(0);
    this.#short(values.length);
    for (const value of values) this.#value(value);
    this.#short(0);
    this.#end(bind);
  }

  add(message: Buffer): void {
    this.#offset += message.copy(this.#buffer, this.#offset);
  }

  written(): Buffer {
    return this.#buffer.subarray(0, this.#offset);
  }

  #begin(letter: string): number {
    const lengthAt = this.#buffer.writeUInt8(letter.charCodeAt(0), this.#offset);
    this.#offset = lengthAt + 4;
    return lengthAt;
  }

  #end(lengthAt: number): void {
    this.#buffer.writeInt32BE(this.#offset - lengthAt, lengthAt);
  }

  #value(value: string | null): void {
    const lengthAt = this.#offset;
    if (value === null) {
      this.#offset = this.#buffer.writeInt32BE(-1, lengthAt);
      return;
    }
    const length = this.#buffer.write(value, lengthAt + 4);
    this.#buffer.writeInt32BE(length, lengthAt);
    this.#offset = lengthAt + 4 + length;
  }

  #text(text: string): void {
    this.#offset += this.#buffer.write(text, this.#offset);
    this.#offset = this.#buffer.writeUInt8(0, this.#offset);
  }

  #short(number: number): void {
    this.#offset = this.#buffer.writeUInt16BE(number, this.#offset);
  }
}

const statementLetter = 'S'.charCodeAt(0);
