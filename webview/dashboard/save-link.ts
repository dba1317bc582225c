import type { Artifact } from '../../server/protocol/artifact.ts';
import { element } from '../element.ts';

/** Leads to the file of a run that other viewers open; null where the run has none. */
export function saveLink(run: string, artifacts: readonly Artifact[]): HTMLElement | null {
  const name = artifacts.find((artifact) => artifact.name.endsWith('.cpuprofile'))?.name;
  if (name === undefined) return null;
  const address = `/api/runs/${encodeURIComponent(run)}/artifacts/${encodeURIComponent(name)}`;
  return element('a', {
    class: 'save-link',
    text: 'Save .cpuprofile',
    attributes: {
      href: address,
      download: name,
      title: 'For VS Code, Chrome DevTools, speedscope and other viewers',
    },
  });
}
