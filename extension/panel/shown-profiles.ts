import type { ExtensionContext } from 'vscode';
import type { ServerClient } from '../../server/protocol/client.ts';
import type { Run } from '../../server/protocol/run.ts';
import { faults } from '../faults.ts';
import { dataFolder } from '../server/prepare-launch.ts';
import type { ProfilePanels } from './profile-panels.ts';
import { type Recording, recordingFromDisk, recordingFromServer } from './recording.ts';

/** Key of the workspace's memory of the run that was shown last. */
const LAST_RUN = 'lastRun';

/** Shows profiles in panels, and shows them again. */
export class ShownProfiles {
  readonly #context: ExtensionContext;
  readonly #panels: ProfilePanels;

  constructor(context: ExtensionContext, panels: ProfilePanels) {
    this.#context = context;
    this.#panels = panels;
  }

  /** Opens the profile of a run that succeeded. */
  readonly show = async (run: Run, client: ServerClient): Promise<void> => {
    this.#panels.open(await recordingFromServer(run.id, client));
    await this.#context.workspaceState.update(LAST_RUN, run.id);
  };

  /** @throws UserFault when none was shown in this workspace, or when it is gone */
  readonly reopenLast = async (): Promise<void> => {
    const run = this.#context.workspaceState.get<string>(LAST_RUN);
    if (run === undefined) throw faults.noProfile();
    this.#panels.open(await this.recall(run));
  };

  /** Finds a recording again without a server. @throws UserFault */
  readonly recall = (run: string): Promise<Recording> => recordingFromDisk(run, dataFolder(this.#context));
}
