import { l10n, type QuickPickItem, window } from 'vscode';
import type { AttachRequest } from '../../server/protocol/attach.ts';
import { readAttachTarget } from '../../server/protocol/attach-target.ts';

/** Asks which process to record; undefined when the user closes the input. */
export async function askTarget(): Promise<string | undefined> {
  const text = await window.showInputBox({
    title: l10n.t('Attach to a Node.js Process'),
    prompt: l10n.t('Its process id, or the address where its inspector listens'),
    placeHolder: l10n.t('12345 or 127.0.0.1:9229'),
    ignoreFocusOut: true,
    validateInput: targetFault,
  });
  return text?.trim();
}

/** What is wrong with what was typed, in a sentence; undefined where nothing is. */
export function targetFault(text: string): string | undefined {
  const { fault } = readAttachTarget(text);
  return fault === undefined ? undefined : `${fault.message} ${fault.advice}`;
}

interface Choice<T> extends QuickPickItem {
  readonly value: T;
}

export async function pickAttachCollector(target: string): Promise<AttachRequest['collector'] | undefined> {
  const choices: Choice<AttachRequest['collector']>[] = [
    { value: 'v8-cpu', label: 'V8 CPU', detail: l10n.t('Where the time goes, by function.') },
    { value: 'v8-heap', label: 'V8 Heap', detail: l10n.t('What is allocated, by function.') },
  ];
  return await pick(choices, target, l10n.t('Choose what records it'));
}

/** As long as the profile of a handler that is stopped by hand. */
const MANUAL_SECONDS = 600;

export async function pickAttachSeconds(target: string): Promise<number | undefined> {
  const untilStopped = l10n.t('When you cancel the notification, after ten minutes at the latest.');
  const choices: Choice<number>[] = [
    ...[5, 10, 30, 60].map((seconds) => ({ value: seconds, label: l10n.t('{0} seconds', seconds) })),
    { value: MANUAL_SECONDS, label: l10n.t('Until you stop it'), detail: untilStopped },
  ];
  return await pick(choices, target, l10n.t('Choose for how long'));
}

async function pick<T>(choices: Choice<T>[], target: string, placeHolder: string): Promise<T | undefined> {
  const title = l10n.t('Attach to {0}', target);
  return (await window.showQuickPick(choices, { title, placeHolder }))?.value;
}
