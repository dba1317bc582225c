import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { killGroup } from '../../lib/kill-group.ts';
import { ToolError } from './tool-errors.ts';

export interface ToolCommand {
  /** What the tool is called in sentences. */
  readonly title: string;
  /** The tool's program and its arguments, for the Node.js that runs this process. */
  readonly args: readonly string[];
  /** A file with `groupLifeline`. */
  readonly lifeline: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the tool and everything that it has started. */
  readonly signal: AbortSignal;
  /** Told of every line that the tool or what it runs prints. Lines that it knows as its own (`true`) are no words of the tool. */
  readonly onLine: (line: string) => boolean;
}

export interface ToolProcess {
  /**
   * Resolves when the tool and everything that it has started is gone. Rejects with the signal's reason, and with a
   * `ToolError` that has the tool's last words.
   */
  readonly ended: Promise<void>;
  /** From now on the tool has so long; each call replaces the limit before. */
  limit(millis: number, doing: string): void;
  /** Ends the tool because of a fault; `ended` rejects with it. */
  fail(fault: unknown): void;
}

/**
 * Starts a tool with everything that it starts in a process group of its own, so that nothing of it is left when it is
 * over: neither after a cancel, nor when this process is killed.
 */
export function startTool(command: ToolCommand): ToolProcess {
  const { args, lifeline, cwd, env, signal } = command;
  const child = spawn(process.execPath, ['--require', lifeline, ...args], {
    cwd,
    env,
    detached: process.platform !== 'win32',
    windowsHide: true,
    // The other end of stdin is never written: the tool learns by it that this process is gone.
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lastWords = listen(child, command.onLine);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  let fault: { readonly reason: unknown } | undefined;
  const fail = (reason: unknown) => {
    fault ??= { reason };
    killGroup(child);
  };
  const onAbort = () => fail(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  child.on('error', (cause) => {
    fault ??= { reason: notStarted(command.title, cause) };
    if (child.pid === undefined) reject(fault.reason);
  });
  // What the tool has left running would keep the pipes open, and `close` would not come.
  child.on('exit', () => killGroup(child));
  child.on('close', (code, killer) => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    if (fault) reject(fault.reason);
    else if (code === 0) resolve();
    else reject(crashed(command.title, killer ?? code, lastWords));
  });
  return {
    ended: promise,
    fail,
    limit(millis, doing) {
      clearTimeout(timer);
      timer = setTimeout(() => fail(timedOut(command.title, { millis, doing, lastWords })), millis);
    },
  };
}

const KEPT_LINES = 200;

/** Gives the lines that are the tool's own words, the newest ones last; they go on changing. */
function listen(child: ChildProcess, onLine: (line: string) => boolean): readonly string[] {
  const words: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    if (!input) continue;
    createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      if (onLine(line)) return;
      words.push(line);
      if (words.length > KEPT_LINES) words.shift();
    });
  }
  return words;
}

function notStarted(title: string, cause: Error): ToolError {
  return new ToolError('tool_crashed', `${title} could not be started.`, {
    advice: 'See whether the machine has memory and processes left.',
    cause,
  });
}

function crashed(title: string, how: string | number | null, words: readonly string[]): ToolError {
  const said = lastSentence(words);
  if (words.some((line) => /ENOSPC|no space left on device/i.test(line))) {
    return new ToolError('disk_full', `${title} could not write its files: the disk is full.`, {
      advice: 'Free some space and try again; a tick log takes about 10 MB for each second.',
    });
  }
  const ending = typeof how === 'string' ? `by signal ${how}` : `with exit code ${how}`;
  return new ToolError('tool_crashed', `${title} ended ${ending}${said === '' ? '.' : `: ${said}`}`, {
    advice: 'Try another collector, v8-cpu for one.',
  });
}

function timedOut(
  title: string,
  {
    millis,
    doing,
    lastWords,
  }: { readonly millis: number; readonly doing: string; readonly lastWords: readonly string[] },
): ToolError {
  const said = lastSentence(lastWords);
  const words = said === '' ? '' : ` Its last words: ${said}`;
  return new ToolError(
    'tool_timed_out',
    `${title} was ended: ${doing} took longer than ${millis / 1000} s.${words}`,
    {
      advice: 'Record fewer operations: what a tool draws grows with them.',
    },
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what terminals are told begins with one
const TERMINAL_CODES = /\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f]/g;
const STACK_LINE =
  /^\s+at |^Node\.js v\d|^\s*[\^~{}[\]]*\s*$|^\s*(throw|node:|file:|Emitted |code:|errno:|syscall:)/;
const MOST_WORDS = 300;

/** What a user can use of the last lines: no stacks, no colours, and what says "error" before what does not. */
function lastSentence(lines: readonly string[]): string {
  const words = lines
    .map((line) => line.replace(TERMINAL_CODES, '').trimEnd())
    .filter((line) => !STACK_LINE.test(line));
  const told = words.findLast((line) => /error|fail|cannot/i.test(line)) ?? words.at(-1) ?? '';
  return told.trim().slice(0, MOST_WORDS);
}
