import type { Artifact } from '../../server/protocol/artifact.ts';
import { element } from '../element.ts';

/** Leads to the files of a run that other viewers open, and to a tool's own page; null where the run has none. */
export function saveLink(run: string, artifacts: readonly Artifact[]): HTMLElement | null {
  const links = artifacts.flatMap(({ name }) => {
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
