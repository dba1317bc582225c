/**
 * Counts what a PostgreSQL has answered to the end on one connection without TLS, chunk by chunk: its ReadyForQuery
 * messages, one for each statement that a client waits for, and one for the start of the connection.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export function answerCounter(): (chunk: Buffer) => number {
  let head = Buffer.alloc(0);
  let bodyLeft = 0;
  return (chunk) => {
    let answers = 0;
    for (let at = 0; at < chunk.length; ) {
      if (bodyLeft > 0) {
        const skipped = Math.min(bodyLeft, chunk.length - at);
        bodyLeft -= skipped;
        at += skipped;
        continue;
      }
      const part = chunk.subarray(at, at + headLength - head.length);
      at += part.length;
      head = Buffer.concat([head, part]);
      if (head.length < headLength) continue;
      if (head[0] === readyForQuery) answers++;
      // The length counts itself, but not the type before it.
      bodyLeft = head.readInt32BE(1) - 4;
      head = Buffer.alloc(0);
    }
    return answers;
  };
}

const headLength = 5;
const readyForQuery = 'Z'.charCodeAt(0);
