import { type AloneNews, aloneNewsSchema, NEWS_MARK } from './alone-messages.ts';

/** What a process that executes a workload alone says with a line; undefined where the line is no word of it to us. */
export function newsOf(line: string): AloneNews | undefined {
  const at = line.indexOf(NEWS_MARK);
  return at === -1 ? undefined : aloneNewsSchema.parse(JSON.parse(line.slice(at + NEWS_MARK.length)));
}
