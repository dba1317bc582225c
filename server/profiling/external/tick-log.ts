import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { clockOffset } from '../capture/clock-offset.ts';
import type { CapturedStacks } from '../captured-stacks.ts';
import { readPreprocessedLog } from '../formats/v8-log/read-preprocessed-log.ts';
import { readMarks } from './log-clock.ts';
import { tierShares } from './tier-shares.ts';
import { ToolError } from './tool-errors.ts';

/** The time around a mark in the log: see `markName`. Microseconds on the process's monotonic clock. */
export interface TimedMark {
  readonly before: number;
  readonly after: number;
}

export interface TickLog {
  /** On the clock of the marks. */
  readonly stacks: CapturedStacks;
  /** In which of V8's tiers the code ran, as sentences. */
  readonly tiers: readonly string[];
}

const LOG = /^isolate-.*-v8\.log$/;

/** The tick logs in a folder: one of the main thread, and one of each worker thread. */
export async function findTickLogs(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => LOG.test(name)).map((name) => path.join(folder, name));
}

export interface TickLogReading {
  readonly marks: readonly TimedMark[];
  /** A file with `groupLifeline`: reading takes a process of its own. */
  readonly lifeline: string;
  /** Ends the reading at once. */
  readonly signal: AbortSignal;
}

/**
 * What a tick log holds between the first mark and the last, on the clock of the marks. Of several logs the one with the
 * marks counts. @throws ToolError where none has them, or none has ticks between them
 */
export async function readTickLog(logs: readonly string[], reading: TickLogReading): Promise<TickLog> {
  const { marks, signal } = reading;
  for (const log of logs) {
    const noted = await readMarks(log, signal);
    const brackets = marks.flatMap((mark, at) => {
      const micros = noted.get(at);
      return micros === undefined ? [] : [{ ...mark, noted: micros }];
    });
    if (brackets.length === 0) continue;
    const offset = clockOffset(brackets);
    const json = await preprocess(log, reading);
    const start = marks[0]?.after ?? 0;
    const end = marks.at(-1)?.before ?? 0;
    const { stacks } = readPreprocessedLog(json, { name: path.basename(log) });
    return {
      stacks: between(stacks, { offset, start, end }),
      tiers: tierShares(json, { from: start - offset, to: end - offset }),
    };
  }
  throw nothingFound();
}

interface Stretch {
  /** Of the log's clock. */
  readonly offset: number;
  readonly start: number;
  readonly end: number;
}

function between(stacks: CapturedStacks, { offset, start, end }: Stretch): CapturedStacks {
  const { time, node } = stacks.samples;
  const first = time.findIndex((micros) => micros + offset >= start);
  const behind = time.findIndex((micros) => micros + offset > end);
  const range = first === -1 ? [0, 0] : [first, behind === -1 ? time.length : behind];
  const kept = time.slice(...range).map((micros) => micros + offset);
  if (kept.length === 0) throw nothingFound();
  return {
    ...stacks,
    startMicros: start,
    endMicros: end,
    samples: { length: kept.length, time: kept, node: node.slice(...range) },
  };
}

// Node's tick processor crashes on longer lines; they hold source texts, which it has no use for.
const LONGEST_LINE = 1024;

/** Node's own reading of a tick log, as JSON: it knows which code lay where, and the symbols of native code. */
async function preprocess(log: string, { lifeline, signal }: TickLogReading): Promise<Buffer> {
  const short = `${log}.short`;
  const lines = createInterface({ input: createReadStream(log), crlfDelay: Number.POSITIVE_INFINITY });
  await pipeline(Readable.from(shortLines(lines)), createWriteStream(short), { signal });
  const child = spawn(process.execPath, ['--require', lifeline, '--prof-process', '--preprocess', short], {
    // The other end of stdin is never written: it learns by it that this process is gone.
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    signal,
    killSignal: 'SIGKILL',
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.on('error', reject).on('close', resolve);
  const [json, words, code] = await Promise.all([bytesOf(child.stdout), bytesOf(child.stderr), promise]);
  if (code === 0) return json;
  throw new ToolError(
    'tool_crashed',
    `Node.js could not read V8's tick log: ${words.toString('utf8').split('\n', 1)[0]}`,
    {
      advice: 'Try again, or choose another collector.',
    },
  );
}

async function* shortLines(lines: AsyncIterable<string>): AsyncIterable<string> {
  for await (const line of lines) if (line.length < LONGEST_LINE) yield `${line}\n`;
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  return Buffer.concat(await stream.toArray());
}

function nothingFound(): ToolError {
  return new ToolError('tool_found_nothing', 'The tool recorded no sample while the handler was executed.', {
    advice: 'Execute the handler more often: V8 writes a tick each millisecond or so.',
  });
}
