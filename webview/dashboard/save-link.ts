import type { Artifact } from '../../server/protocol/artifact.ts';
import { element } from '../element.ts';

/**
 * Leads to the files of a run that other viewers open, and to a tool's own page; null where the run has none.
 *
 * @param thread artifact with the profile of the worker thread that is shown; null for the main thread
 */
export function saveLink(
  run: string,
  artifacts: readonly Artifact[],
  thread: string | null,
): HTMLElement | null {
  const own = thread?.replace(/[^.]+$/, '');
  const links = artifacts.flatMap(({ name }) => {
    const isShown = own === undefined ? !name.includes('.worker-') : name.startsWith(own);
    if (!isShown) return [];
    const kind = KINDS.find(({ suffix }) => name.endsWith(suffix));
    return kind === undefined ? [] : [linkTo(run, name, kind)];
  });
  return links.length === 0 ? null : element('span', { class: 'save-link' }, ...links);
}

interface FileKind {
  readonly suffix: string;
  readonly title: string;
}

const KINDS: readonly FileKind[] = [
  { suffix: '.cpuprofile', title: 'For VS Code, Chrome DevTools, speedscope and other viewers' },
  { suffix: '.heapprofile', title: 'For VS Code, Chrome DevTools and other viewers' },
  { suffix: '.html', title: 'The page that the tool has drawn, to be opened from where it is saved' },
];

function linkTo(run: string, name: string, { suffix, title }: FileKind): HTMLElement {
  return element('a', {
    text: `Save ${suffix}`,
    attributes: {
      href: `/api/runs/${encodeURIComponent(run)}/artifacts/${encodeURIComponent(name)}`,
      download: name,
      title,
    },
  });
}
