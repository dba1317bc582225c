import type { Run } from '../../server/protocol/run.ts';

export function titleOf({ request }: Pick<Run, 'request'>): string {
  return request.kind === 'profile' ? `Profile of ${request.handler}` : `Run: ${request.kind}`;
}
