import type { Run } from '../../server/protocol/run.ts';
import { formatCount } from '../format.ts';
import { planOf } from './plan-subject.ts';

export function titleOf({ request, subject }: Pick<Run, 'request' | 'subject'>): string {
  switch (request.kind) {
    case 'profile':
      return `Profile of ${request.handler}${request.snapshots === 'off' ? '' : `, snapshots ${request.snapshots}`}`;
    case 'simulation':
      return `Simulation, ${formatCount(request.rate)}/s for ${formatCount(request.durationSeconds)} s`;
    case 'explain':
      return `${planOf(request, subject)}${subject === undefined ? '' : `, run ${request.run}`}`;
    case 'attach':
      return `Profile of process ${request.target}`;
    case 'seed':
      return `Run: ${request.kind}`;
  }
}
