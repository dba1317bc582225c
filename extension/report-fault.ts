import { commands, type LogOutputChannel, l10n, window } from 'vscode';
import { SETTINGS_SECTION } from './settings.ts';
import { toUserFault, type UserFault } from './user-fault.ts';

/** Shows what failed with what can be done about it. `retry` does again what failed. */
export async function reportFault(
  error: unknown,
  log: LogOutputChannel,
  retry?: () => Thenable<unknown>,
): Promise<void> {
  const fault = toUserFault(error);
  log.error(sentence(fault));
  const actions = actionsFor(fault, log, retry);
  const chosen = await window.showErrorMessage(sentence(fault), ...actions.map(({ label }) => label));
  await actions.find(({ label }) => label === chosen)?.run();
}

/** Shows what could not be done where there is nothing to look up or to try again. */
export async function reportRefusal(error: unknown, log: LogOutputChannel): Promise<void> {
  const text = sentence(toUserFault(error));
  log.warn(text);
  await window.showWarningMessage(text);
}

interface Action {
  readonly label: string;
  readonly run: () => unknown;
}

function actionsFor(fault: UserFault, log: LogOutputChannel, retry?: () => Thenable<unknown>): Action[] {
  if (fault.code === 'untrusted_workspace') {
    return [
      {
        label: l10n.t('Manage Workspace Trust'),
        run: () => commands.executeCommand('workbench.trust.manage'),
      },
    ];
  }
  return [
    { label: l10n.t('Show Log'), run: () => log.show() },
    ...(retry === undefined ? [] : [{ label: l10n.t('Retry'), run: retry }]),
    { label: l10n.t('Open Settings'), run: openSettings },
  ];
}

export function openSettings(): Thenable<unknown> {
  return commands.executeCommand('workbench.action.openSettings', SETTINGS_SECTION);
}

function sentence({ message, advice }: UserFault): string {
  return advice === undefined ? message : `${message} ${advice}`;
}
