import { l10n, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import type { HandlerInfo } from '../../server/protocol/handler-info.ts';
import { faults } from '../faults.ts';

interface HandlerItem extends QuickPickItem {
  /** None of a heading. */
  readonly handler?: HandlerInfo;
}

/** Lets the user choose a handler; undefined when they close the list. */
export async function pickHandler(handlers: readonly HandlerInfo[]): Promise<HandlerInfo | undefined> {
  if (handlers.length === 0) throw faults.noHandlers();
  const chosen = await window.showQuickPick(handlerItems(handlers), {
    title: l10n.t('Profile Handler'),
    placeHolder: l10n.t('Choose the handler to profile'),
    matchOnDetail: true,
  });
  return chosen?.handler;
}

/** The user's own stand above the examples, each under their heading; where there are none, there are no headings. */
export function handlerItems(handlers: readonly HandlerInfo[]): HandlerItem[] {
  const own = handlers.filter(({ origin }) => origin === 'own');
  const examples = handlers.filter(({ origin }) => origin !== 'own');
  if (own.length === 0) return examples.map(handlerItem);
  const below = examples.length === 0 ? [] : [heading(l10n.t('Examples')), ...examples.map(handlerItem)];
  return [heading(l10n.t('Your handlers')), ...own.map(handlerItem), ...below];
}

function heading(label: string): HandlerItem {
  return { label, kind: QuickPickItemKind.Separator };
}

/** What changes the store for good is said first: the line is cut where the list ends. */
export function handlerItem(handler: HandlerInfo): HandlerItem {
  const { name, kind, summary, effect, fault } = handler;
  return {
    handler,
    label: name,
    description: kind === 'query' ? l10n.t('query') : l10n.t('command'),
    detail: fault ? `$(error) ${fault.message}` : effect ? `$(warning) ${effect} ${summary}` : summary,
  };
}
