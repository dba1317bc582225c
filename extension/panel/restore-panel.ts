import type { LogOutputChannel, WebviewPanel, WebviewPanelSerializer } from 'vscode';
import * as z from 'zod';
import type { PanelState } from '../../server/protocol/panel-messages.ts';
import { faults } from '../faults.ts';
import { reportRefusal } from '../report-fault.ts';
import type { ProfilePanels } from './profile-panels.ts';
import type { Recording } from './recording.ts';

export interface RestoreOptions {
  readonly panels: ProfilePanels;
  /** Finds a recording again by the id of its run. */
  readonly recall: (run: string) => Promise<Recording>;
  readonly log: LogOutputChannel;
}

/** Fills the panels that were open when the window was closed or reloaded; one that cannot be filled is closed. */
export function panelSerializer({ panels, recall, log }: RestoreOptions): WebviewPanelSerializer {
  return {
    async deserializeWebviewPanel(panel: WebviewPanel, state: unknown) {
      try {
        panels.fill(panel, await recall(runOf(state)));
      } catch (error) {
        panel.dispose();
        // A fault that the user only has to know of: VS Code waits for this function.
        void reportRefusal(error, log);
      }
    },
  };
}

const stateSchema = z.object({ run: z.string() }) satisfies z.ZodType<PanelState>;

function runOf(state: unknown): string {
  const parsed = stateSchema.safeParse(state);
  if (!parsed.success) throw faults.noProfile();
  return parsed.data.run;
}
