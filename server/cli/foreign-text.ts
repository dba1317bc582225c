import { type Place, placeOf } from './place-of.ts';

const LONGEST = 100;

/** A text from a file of somebody else on one line: it may hold a megabyte, or what a terminal takes for an order. */
export function onOneLine(text: string): string {
  const plain = text.slice(0, LONGEST + 1).replaceAll(/\p{C}/gu, '�');
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST).toWellFormed()}…` : plain;
}

/** A URL that would have to be decoded may be none of a file: files of others are shown as they are named. */
export function foreignPlaceOf(place: Place): string {
  const isPlain = /^file:\/\/\/[^%?#]*$/.test(place.file) || !place.file.startsWith('file:');
  return onOneLine(isPlain ? placeOf(place) : `${place.file}:${place.line}`);
}
