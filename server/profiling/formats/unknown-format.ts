import { ProfileFormatError } from '../../protocol/profile/profile-format-error.ts';
import { FILE_FORMATS } from './file-format.ts';
import { ProtobufReader } from './pprof/protobuf-reader.ts';

/** The refusal of a file that is none of those that can be read. */
export function unknownFormat(problem: string, cause?: unknown): ProfileFormatError {
  const { espp: _, ...readable } = FILE_FORMATS;
  return new ProfileFormatError('the file', problem, {
    advice: `What can be read: ${Object.values(readable).join(', ')}; each also packed with gzip.`,
    cause,
  });
}

/** Nothing in a file says that it is one of these: they are what is left, of bytes and of text. */
export type GuessedFormat = 'pprof' | 'collapsed';

/**
 * What to say of a file that could not be read as what it was guessed to be: the fault as it is, if the file begins as such
 * files do, else that it is of no known format, with the fault behind it.
 */
export function refusalOfGuess(
  bytes: Uint8Array,
  format: GuessedFormat,
  fault: ProfileFormatError,
): ProfileFormatError {
  if (format === 'pprof' ? beginsWithFields(bytes) : beginsWithStack(bytes)) return fault;
  const problem = fault.problem.replace(/^as pprof: /, '');
  const read = `as ${FILE_FORMATS[format]}: ${fault.where}: ${problem}`;
  return unknownFormat(`it is none of the formats that can be read (${read})`, fault);
}

/** So many that of 20,000 files of random bytes 1 % are taken for damaged pprof. */
const FIELDS = 3;
const LAST_FIELD = 15;

function beginsWithFields(bytes: Uint8Array): boolean {
  const reader = new ProtobufReader(bytes);
  try {
    for (let read = 0; read < FIELDS && reader.next(); read++) {
      if (reader.field > LAST_FIELD) return false;
      reader.skip();
    }
    return true;
  } catch (error) {
    if (error instanceof ProfileFormatError) return false;
    throw error;
  }
}

const LONGEST_LINE = 2 ** 16;
const LONGEST_COUNT = 400;

/** A first line with a count behind it, or with several frames; also one of a file in which nothing stands. */
function beginsWithStack(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes.subarray(0, LONGEST_LINE)).trimStart();
  const [line = ''] = text.split(/[\r\n]/, 1);
  return text === '' || /;\s*\S/.test(line) || /\s\d+(?:\.\d+)?\s*$/.test(line.slice(-LONGEST_COUNT));
}
