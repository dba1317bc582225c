import type { Run } from '../../server/protocol/run.ts';
import { formatCount } from '../format.ts';

export function titleOf({ request }: Pick<Run, 'request'>): string {
  switch (request.kind) {
    case 'profile':
      return `Profile of ${request.handler}${request.snapshots === 'off' ? '' : `, snapshots ${request.snapshots}`}`;
    case 'simulation':
      return `Simulation, ${formatCount(request.rate)}/s for ${formatCount(request.durationSeconds)} s`;
    case 'explain':
      return `Plan of a statement of run ${request.run}`;
    case 'attach':
      return `Profile of process ${request.target}`;
    case 'seed':
      return `Run: ${request.kind}`;
  }
}
