import { l10n, type Memento, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import { COLLECTORS, type CollectorName } from '../../server/protocol/collector-name.ts';

interface CollectorItem extends QuickPickItem {
  /** None of a heading. */
  readonly collector?: CollectorName;
}

/** Key of the memory of the collector that was chosen last. */
const LAST_COLLECTOR = 'lastCollector';

/** Lets the user choose what records the handler, as last time unless they say otherwise; undefined when they close the list. */
export async function pickCollector(handler: string, memory: Memento): Promise<CollectorName | undefined> {
  const last = memory.get<string>(LAST_COLLECTOR);
  const items = collectorItems(last);
  const chosen = await chooseFrom(items, {
    title: l10n.t('Profile {0}', handler),
    active: items.find(({ collector }) => collector !== undefined && collector === last),
  });
  if (chosen !== undefined) await memory.update(LAST_COLLECTOR, chosen);
  return chosen;
}

/** Those that need nothing else come first, and V8's CPU profiler before all. */
export function collectorItems(last: string | undefined): CollectorItem[] {
  const items = COLLECTORS.map((collector): CollectorItem => {
    const [label, detail] = wordsFor(collector);
    return { collector, label, detail, ...(collector === last && { description: l10n.t('used last') }) };
  });
  const isOwn = ({ collector }: CollectorItem) => collector?.startsWith('v8-') === true;
  const separator = {
    label: l10n.t('Other tools, where they are installed'),
    kind: QuickPickItemKind.Separator,
  };
  return [...items.filter(isOwn), separator, ...items.filter((item) => !isOwn(item))];
}

function wordsFor(collector: CollectorName): readonly [label: string, detail: string] {
  switch (collector) {
    case 'v8-cpu':
      return ['V8 CPU', l10n.t('Where the time goes: work and waiting, by function and by phase.')];
    case 'v8-heap':
      return ['V8 Heap', l10n.t('What is allocated, by function and by phase. Runs slower meanwhile.')];
    case '0x':
      return ['0x', l10n.t('Where the time goes, with native code and what V8 has optimised.')];
    case 'clinic-doctor':
      return ['Clinic Doctor', l10n.t('What is wrong in general, in words and on a page of charts.')];
    case 'clinic-flame':
      return ['Clinic Flame', l10n.t('Where the time goes, and a flame graph on a page.')];
    case 'clinic-bubbleprof':
      return ['Clinic Bubbleprof', l10n.t('What is waited for asynchronously, in words and on a page.')];
    case 'clinic-heapprofiler':
      return ['Clinic Heap Profiler', l10n.t('What was allocated and is alive at the end, by function.')];
  }
}

/** As `window.showQuickPick`, which cannot begin with another item than the first. */
async function chooseFrom(
  items: readonly CollectorItem[],
  { title, active }: { readonly title: string; readonly active: CollectorItem | undefined },
): Promise<CollectorName | undefined> {
  const list = window.createQuickPick<CollectorItem>();
  list.title = title;
  list.placeholder = l10n.t('Choose what records it');
  list.matchOnDetail = true;
  list.items = items;
  if (active !== undefined) list.activeItems = [active];
  try {
    return await new Promise((resolve) => {
      list.onDidAccept(() => resolve(list.selectedItems[0]?.collector));
      list.onDidHide(() => resolve(undefined));
      list.show();
    });
  } finally {
    list.dispose();
  }
}
