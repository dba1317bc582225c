import { CATEGORIES, type Category, type Profile } from '../../server/protocol/profile/profile.ts';
import { profileOf, type Row } from './profile-as-text.ts';

/**
 * Rows from indented frames, each with the amounts of the rows that end in it:
 *
 *     main
 *       parse 5 3
 *
 * are two rows of `main parse`. Rows stand in the order of the lines; `place` says in which operation and phase.
 */
export function rowsFrom(text: string, place: Pick<Row, 'operation' | 'phase'> = {}): Row[] {
  const stack: string[] = [];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const margin = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.flatMap((line) => {
    const [name = '', ...amounts] = line.trim().split(/\s+/);
    stack.length = (line.search(/\S/) - margin) / 2;
    stack.push(name);
    return amounts.map((amount) => ({ stack: stack.join(' '), micros: Number(amount), ...place }));
  });
}

/** A profile of indented frames. A frame may say where it stands: `parse@src/a.ts:3#package` has file, line and category. */
export function profileFrom(text: string): Profile {
  return withPlaces(profileOf(rowsFrom(text)));
}

/** The profile with file, line and category taken out of the names of its frames. */
export function withPlaces(profile: Profile): Profile {
  const strings = [...profile.strings];
  const intern = (text: string) => {
    if (!strings.includes(text)) strings.push(text);
    return strings.indexOf(text);
  };
  const places = Array.from(profile.frames.name, (name) => {
    const match = /^([^@#]*)(?:@([^#]*?)(?::(\d+))?)?(?:#(.*))?$/.exec(strings[name] ?? '');
    const [, own = '', file = '', line = '0', category = 'application'] = match ?? [];
    return { own, file, line: Number(line), category };
  });
  return {
    ...profile,
    frames: {
      ...profile.frames,
      name: Uint32Array.from(places, ({ own }) => intern(own)),
      file: Uint32Array.from(places, ({ file }) => intern(file)),
      line: Uint32Array.from(places, ({ line }) => line),
      category: Uint8Array.from(places, ({ category }) => CATEGORIES.indexOf(category as Category)),
    },
    strings,
  };
}

/** Indented frames with amounts, the inverse of `profileFrom`: nodes in preorder, siblings as they stand. */
export function stacksAsText(profile: Profile): string {
  const { nodes, frames, strings, samples } = profile;
  const lines = (parent: number, depth: number): string[] =>
    [...nodes.parent.keys()]
      .filter((node) => nodes.parent[node] === parent)
      .flatMap((node) => {
        const rows = [...samples.node.keys()].filter(
          (row) => samples.node[row] === node && samples.captured[row] === 1,
        );
        const amounts = rows.map((row) => samples.duration[row]);
        const name = strings[frames.name[nodes.frame[node] ?? 0] ?? 0];
        return [['  '.repeat(depth) + name, ...amounts].join(' '), ...lines(node, depth + 1)];
      });
  return lines(0, 0).join('\n');
}
