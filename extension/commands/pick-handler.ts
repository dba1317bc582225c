import { l10n, type QuickPickItem, window } from 'vscode';
import type { HandlerInfo } from '../../server/protocol/handler-info.ts';
import { faults } from '../faults.ts';

interface HandlerItem extends QuickPickItem {
  readonly handler: HandlerInfo;
}

/** Lets the user choose a handler; undefined when they close the list. */
export async function pickHandler(handlers: readonly HandlerInfo[]): Promise<HandlerInfo | undefined> {
  if (handlers.length === 0) throw faults.noHandlers();
  const items = handlers.map(
    (handler): HandlerItem => ({
      handler,
      label: handler.name,
      description: handler.kind === 'query' ? l10n.t('query') : l10n.t('command'),
      detail: handler.summary,
    }),
  );
  const chosen = await window.showQuickPick(items, {
    title: l10n.t('Profile Handler'),
    placeHolder: l10n.t('Choose the handler to profile'),
    matchOnDetail: true,
  });
  return chosen?.handler;
}
