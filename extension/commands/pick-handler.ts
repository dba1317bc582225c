import { l10n, type QuickPickItem, window } from 'vscode';
import type { HandlerInfo } from '../../server/protocol/handler-info.ts';
import { faults } from '../faults.ts';

interface HandlerItem extends QuickPickItem {
  readonly handler: HandlerInfo;
}

/** Lets the user choose a handler; undefined when they close the list. */
export async function pickHandler(handlers: readonly HandlerInfo[]): Promise<HandlerInfo | undefined> {
  if (handlers.length === 0) throw faults.noHandlers();
  const chosen = await window.showQuickPick(handlers.map(handlerItem), {
    title: l10n.t('Profile Handler'),
    placeHolder: l10n.t('Choose the handler to profile'),
    matchOnDetail: true,
  });
  return chosen?.handler;
}

/** What changes the store for good is said first: the line is cut where the list ends. */
export function handlerItem(handler: HandlerInfo): HandlerItem {
  const { name, kind, summary, effect } = handler;
  return {
    handler,
    label: name,
    description: kind === 'query' ? l10n.t('query') : l10n.t('command'),
    detail: effect === undefined ? summary : `$(warning) ${effect} ${summary}`,
  };
}
