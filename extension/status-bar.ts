import { type Disposable, l10n, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from 'vscode';
import type { ServerState } from './server/server-state.ts';

/** What a run of this window is doing; undefined when there is none. */
export type Activity = { readonly handler: string; readonly share?: number } | undefined;

/** The item that always says how the server is; a click offers what can be done in that state. */
export class StatusBar implements Disposable {
  readonly #item: StatusBarItem;
  #state: ServerState = { kind: 'stopped' };
  #activity: Activity;

  constructor(command: string) {
    this.#item = window.createStatusBarItem('eventstoreProfiler.server', StatusBarAlignment.Left);
    this.#item.name = l10n.t('Event Store Profiler');
    this.#item.command = command;
    this.#draw();
    this.#item.show();
  }

  showState(state: ServerState): void {
    this.#state = state;
    this.#draw();
  }

  showActivity(activity: Activity): void {
    this.#activity = activity;
    this.#draw();
  }

  dispose(): void {
    this.#item.dispose();
  }

  #draw(): void {
    const { text, tooltip, failed } = statusLook(this.#state, this.#activity);
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: tooltip, role: 'button' };
    this.#item.backgroundColor = failed ? new ThemeColor('statusBarItem.errorBackground') : undefined;
  }
}

interface StatusLook {
  readonly text: string;
  readonly tooltip: string;
  readonly failed?: boolean;
}

export function statusLook(state: ServerState, activity: Activity): StatusLook {
  if (activity !== undefined && state.kind === 'ready') {
    const tooltip = l10n.t('Profiling {0}', activity.handler);
    return { text: `$(sync~spin) ${tooltip}${percent(activity.share)}`, tooltip };
  }
  const name = l10n.t('Event Store');
  switch (state.kind) {
    case 'stopped':
      return {
        text: `$(circle-outline) ${name}`,
        tooltip: l10n.t('Event Store Profiler: the server is stopped'),
      };
    case 'starting': {
      const step = state.status?.step ?? l10n.t('starting');
      const text = `$(sync~spin) ${name}: ${step}${percent(state.status?.progress)}`;
      return { text, tooltip: l10n.t('Event Store Profiler: the server is starting: {0}', step) };
    }
    case 'ready': {
      const { url } = state.session;
      return {
        text: `$(flame) ${name}`,
        tooltip: l10n.t('Event Store Profiler: the server is ready at {0}', url),
      };
    }
    case 'stopping':
      return {
        text: `$(sync~spin) ${name}`,
        tooltip: l10n.t('Event Store Profiler: the server is stopping'),
      };
    case 'failed': {
      const tooltip = l10n.t('Event Store Profiler: {0}', state.fault.message);
      return { text: `$(error) ${name}`, tooltip, failed: true };
    }
  }
}

function percent(share: number | undefined): string {
  return share === undefined ? '' : ` ${Math.floor(share * 100)} %`;
}
