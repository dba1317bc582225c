import { frameText } from '../call-frames.ts';
import { JsonCursor } from '../json/json-cursor.ts';

/** The parts of a CPU profile as one event of a trace tells them; not yet checked. */
export interface ProfileChunk {
  /** Microseconds on the trace's clock. */
  readonly at: number;
  readonly nodes: unknown;
  readonly samples: unknown;
  readonly timeDeltas: unknown;
  readonly endMicros: unknown;
}

/** The CPU profile of one thread. */
export interface TracedProfile {
  readonly pid: string;
  /** Of the event that began it; empty where only chunks came. */
  tid: string;
  /** What the thread is called, with its process. */
  name: string;
  /** Undefined when the event that began it is missing. */
  startMicros: unknown;
  /** In order of time. */
  chunks: ProfileChunk[];
}

/** Collects the events of CPU profiles from a trace: a list of events, or an object that holds one. */
export function readProfileEvents(bytes: Uint8Array): TracedProfile[] {
  const cursor = new JsonCursor(bytes);
  let events = new ProfileEvents(cursor);
  if (cursor.isList()) {
    events.read('the file', { mayBeOpen: true });
    return events.profiles();
  }
  cursor.object('the file');
  for (let key = cursor.key(); key !== undefined; key = cursor.key()) {
    if (key === 'traceEvents') {
      // Of a field that stands twice the last one counts, as in JSON.
      events = new ProfileEvents(cursor);
      events.read('traceEvents', { mayBeOpen: false });
    } else cursor.skip();
  }
  cursor.end();
  return events.profiles();
}

type Fields = Readonly<Record<string, unknown>>;

class ProfileEvents {
  readonly #cursor: JsonCursor;
  readonly #profiles = new Map<string, TracedProfile>();
  /** Names by `pid` and by `pid tid`. */
  readonly #names = new Map<string, string>();

  constructor(cursor: JsonCursor) {
    this.#cursor = cursor;
  }

  /** A trace that is only a list may end without its bracket: the programs that write it may crash. */
  read(where: string, { mayBeOpen }: { readonly mayBeOpen: boolean }): void {
    const cursor = this.#cursor;
    cursor.list(where);
    while (!(mayBeOpen && cursor.peek() === -1) && cursor.item()) {
      if (mayBeOpen && cursor.peek() === -1) return;
      if (!cursor.isObject()) cursor.object(() => `an event of ${where}`);
      const start = cursor.at;
      cursor.skip();
      if (!holdsOneOf(cursor.bytes.subarray(start, cursor.at))) continue;
      cursor.at = start;
      this.#take(fields(cursor.value()));
    }
  }

  profiles(): TracedProfile[] {
    const all = [...this.#profiles.values()];
    for (const profile of all) {
      profile.chunks.sort((a, b) => a.at - b.at);
      const { pid, tid } = profile;
      const thread = this.#names.get(`${pid} ${tid}`) ?? `thread ${tid}`;
      profile.name = `${thread} of ${this.#names.get(pid) ?? `process ${pid}`}`;
    }
    return all.filter(({ chunks }) => chunks.length > 0);
  }

  #take(event: Fields): void {
    const args = fields(event['args']);
    const data = fields(args['data']);
    const pid = frameText(event['pid']);
    const tid = frameText(event['tid']);
    switch (event['name']) {
      case 'process_name':
        this.#names.set(pid, frameText(args['name']));
        return;
      case 'thread_name':
        this.#names.set(`${pid} ${tid}`, frameText(args['name']));
        return;
      case 'Profile': {
        const profile = this.#profile(pid, event);
        profile.tid = tid;
        profile.startMicros = data['startTime'] ?? event['ts'];
        return;
      }
      case 'ProfileChunk':
        this.#profile(pid, event).chunks.push(chunkOf(event, data));
        return;
      case 'CpuProfile':
        this.#takeWhole(event, fields(data['cpuProfile']));
    }
  }

  /** Profiles of one process are told apart by their id, which chunks share with the event that began the profile. */
  #profile(pid: string, { id, tid }: Fields): TracedProfile {
    const key = `${pid} ${frameText(id ?? tid)}`;
    const known = this.#profiles.get(key);
    if (known !== undefined) return known;
    const profile = { pid, tid: frameText(tid), name: '', startMicros: undefined, chunks: [] };
    this.#profiles.set(key, profile);
    return profile;
  }

  /** As Chrome wrote it before 2017: all in one event. */
  #takeWhole(event: Fields, cpuProfile: Fields): void {
    const profile = this.#profile(frameText(event['pid']), event);
    profile.startMicros = cpuProfile['startTime'];
    profile.chunks.push({ ...cpuParts(cpuProfile), at: 0, endMicros: cpuProfile['endTime'] });
  }
}

function chunkOf(event: Fields, data: Fields): ProfileChunk {
  const parts = cpuParts(fields(data['cpuProfile']));
  const timeDeltas = data['timeDeltas'] ?? parts.timeDeltas;
  // In order of time; what has none keeps its place.
  const at = typeof event['ts'] === 'number' ? event['ts'] : 0;
  return { ...parts, timeDeltas, at, endMicros: data['endTime'] ?? fields(data['cpuProfile'])['endTime'] };
}

function cpuParts({ nodes, samples, timeDeltas }: { readonly [field: string]: unknown }) {
  return { nodes: nodes ?? [], samples: samples ?? [], timeDeltas: timeDeltas ?? [] };
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

const WANTED = ['"Profile', '"CpuProfile', '"process_name', '"thread_name'];

/** Most events of a trace are of no use here: parsing them would take most of the time. */
function holdsOneOf(event: Uint8Array): boolean {
  const buffer = Buffer.from(event.buffer, event.byteOffset, event.byteLength);
  return WANTED.some((name) => buffer.includes(name));
}
