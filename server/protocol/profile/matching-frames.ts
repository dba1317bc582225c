import { packageOf } from './frame-file.ts';
import { CATEGORIES, type Category, type Profile } from './profile.ts';

/**
 * Which functions are meant. Texts are looked for anywhere in the name or file, whatever their case; regular
 * expressions as they are. Packages are named as `packageOf` names them.
 */
export type FrameCondition =
  | { readonly by: 'category'; readonly categories: readonly Category[] }
  | { readonly by: 'name'; readonly pattern: string | RegExp }
  | { readonly by: 'file'; readonly pattern: string | RegExp }
  | { readonly by: 'package'; readonly packages: readonly string[] };

/** 1 for each frame that is meant, 0 for the others. */
export function matchingFrames({ frames, strings }: Profile, condition: FrameCondition): Uint8Array {
  switch (condition.by) {
    case 'category': {
      const wanted = CATEGORIES.map((category) => condition.categories.includes(category));
      return frames.category.map((category) => (wanted[category] ? 1 : 0));
    }
    case 'name':
      return matchingTexts(frames.name, strings, matcher(condition.pattern));
    case 'file':
      return matchingTexts(frames.file, strings, matcher(condition.pattern));
    case 'package':
      return matchingTexts(frames.file, strings, (file) => condition.packages.includes(packageOf(file)));
  }
}

/** Looks at each text once: a file has many functions, and many functions have one name. */
function matchingTexts(
  column: Uint32Array,
  strings: readonly string[],
  matches: (text: string) => boolean,
): Uint8Array {
  const known = new Map<number, number>();
  return Uint8Array.from(column, (text) => {
    const answer = known.get(text) ?? (matches(strings[text] ?? '') ? 1 : 0);
    known.set(text, answer);
    return answer;
  });
}

function matcher(pattern: string | RegExp): (text: string) => boolean {
  if (typeof pattern === 'string') {
    const wanted = pattern.toLowerCase();
    return (text) => text.toLowerCase().includes(wanted);
  }
  // A sticky or global expression begins where its last match ended, which would skip texts.
  const anywhere = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  return (text) => anywhere.test(text);
}
