import type { WorkspaceConfig } from '../config/read-config.ts';
import type { HandlerInfo } from '../protocol/handler-info.ts';
import { EXAMPLE_HANDLERS } from '../workload/example-handler-list.ts';

/** The handlers of a workspace: those of its config file first, then the examples unless the file leaves them out. */
export function listedHandlers(config: WorkspaceConfig | undefined): readonly HandlerInfo[] {
  const { handlers = [], examples = true } = config ?? {};
  return [
    ...handlers.map((handler) => ({ ...handler, origin: 'own' as const })),
    ...(examples ? EXAMPLE_HANDLERS.map((handler) => ({ ...handler, origin: 'example' as const })) : []),
  ];
}
