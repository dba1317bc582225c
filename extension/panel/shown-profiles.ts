import { join } from 'node:path';
import type { ExtensionContext, LogOutputChannel } from 'vscode';
import type { ServerClient } from '../../server/protocol/client.ts';
import type { Run } from '../../server/protocol/run.ts';
import { RUNS_FOLDER } from '../../server/protocol/run-files.ts';
import { faults } from '../faults.ts';
import { dataFolder } from '../server/prepare-launch.ts';
import type { ProfilePanels } from './profile-panels.ts';
import { type Recording, recordingFromDisk, recordingFromServer } from './recording.ts';
import { tellVerdict } from './tool-verdict.ts';

/** Key of the workspace's memory of the run that was shown last. */
const LAST_RUN = 'lastRun';

/** Shows profiles in panels, and shows them again. */
export class ShownProfiles {
  readonly #context: ExtensionContext;
  readonly #panels: ProfilePanels;
  readonly #log: LogOutputChannel;

  constructor(context: ExtensionContext, panels: ProfilePanels, log: LogOutputChannel) {
    this.#context = context;
    this.#panels = panels;
    this.#log = log;
  }

  /** Opens the profile of a run that succeeded, and tells what the tool said that recorded it. */
  readonly show = async (run: Run, client: ServerClient): Promise<void> => {
    const recording = await recordingFromServer(run.id, client);
    if (hasPicture(recording)) {
      this.#panels.open(recording);
      await this.#context.workspaceState.update(LAST_RUN, run.id);
    }
    const { result } = recording;
    if (result.kind !== 'profile') return;
    const folder = join(dataFolder(this.#context), RUNS_FOLDER, run.id);
    tellVerdict(result, { folder, log: this.#log }).catch((error: unknown) => {
      this.#log.error(String(error));
    });
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

/** Some tools give words and a page, and no stacks that could be drawn. */
function hasPicture({ result, profile }: Recording): boolean {
  return result.kind === 'attach' || result.tool === undefined || profile.samples.captured.includes(1);
}
