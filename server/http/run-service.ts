import type { HandlerInfo } from '../protocol/handler-info.ts';
import type { Run, RunEvent, RunRequest, RunResult, RunSubject } from '../protocol/run.ts';
import type { ServerStatus } from '../protocol/server-status.ts';
import type { BrowserAccess } from './browser-access.ts';

/** What the routes need of the runs of a workspace. Every method throws a ProfilerError for an unknown id. */
export interface RunService {
  submit(request: RunRequest, subject: RunSubject | undefined): Promise<Run>;
  list(): readonly Run[];
  find(id: string): Run;
  /** Resolves when the run is over. */
  cancel(id: string): Promise<Run>;
  /** Lets a profile end what it does and keep what it has; returns at once. */
  stopRun(id: string): Run;
  /** Undefined when everything up to the end was seen already. */
  follow(
    id: string,
    after: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<NumberedEvent> | undefined;
  result(id: string): Promise<RunResult>;
  artifact(id: string, name: string): Promise<ArtifactFile>;
}

export interface NumberedEvent {
  readonly id: string;
  readonly event: RunEvent;
}

export interface ArtifactFile {
  readonly path: string;
  readonly bytes: number;
  readonly mediaType: string;
}

/** What the routes need of the server. */
export interface HttpServices {
  /** Knows the token and the sessions, one of which is wanted on every request. */
  readonly access: BrowserAccess;
  readonly status: () => ServerStatus;
  readonly handlers: () => Promise<readonly HandlerInfo[]>;
  /** @throws ProfilerError while the server is starting or stopping */
  readonly runs: () => RunService;
  /** Rejects for a request that no run can execute, an unknown handler for one; tells what a plan will be about. */
  readonly checkRequest: (request: RunRequest) => Promise<RunSubject | undefined>;
  /** Begins to stop the server and returns at once. */
  readonly stop: () => void;
  /** Folder of the built page. */
  readonly pages: string;
  readonly log: (line: string) => void;
}
