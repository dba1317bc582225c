import { InvalidEventError } from './errors.ts';

/** Content beyond this belongs in a file store, with a reference in the event. */
const maxLength = 16 * 1024 * 1024;

/**
 * JSON text of an object as the database can keep it.
 * @param content JSON text, which is kept as it is, or a value to be written as JSON
 * @throws InvalidEventError when it is no object, too long, or holds characters that PostgreSQL cannot store
 */
export function toObjectText(content: string | object, field: string): string {
  const text = typeof content === 'string' ? content : written(content, field);
  if (text.length > maxLength) {
    throw refusal(
      field,
      `is longer than ${maxLength} characters`,
      'Store large content elsewhere and refer to it.',
    );
  }
  const value = parsed(text, field);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refusal(field, 'is not a JSON object', 'Give an object such as {"BookID": "1"}.');
  }
  // Walking the value is only needed when the text could hide such a character: raw half pairs or \u escapes.
  if ((text.includes('\\u') || !text.isWellFormed()) && !isStorable(value)) {
    throw refusal(
      field,
      'holds NUL characters or broken Unicode',
      'PostgreSQL cannot store them: remove them.',
    );
  }
  return text;
}

function written(content: object, field: string): string {
  try {
    // JSON.stringify gives undefined for functions and for a toJSON that does.
    return JSON.stringify(content) ?? 'null';
  } catch (cause) {
    throw refusal(field, 'cannot be written as JSON', 'Remove cycles and BigInts from it.', cause);
  }
}

function parsed(text: string, field: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refusal(field, 'is not valid JSON', 'Give the text of a JSON object.', cause);
  }
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => isStorable(key) && isStorable(inner));
}

function refusal(field: string, what: string, advice: string, cause?: unknown): InvalidEventError {
  return new InvalidEventError(`The event's ${field} ${what}.`, { advice, field, cause });
}
