import type { Profiler } from 'node:inspector';
import type { OperationTrace, PhaseSpan } from '../../server/protocol/operation-trace.ts';
import type { Phase } from '../../server/protocol/phase.ts';

const META = new Set(['(root)', '(idle)', '(program)', '(garbage_collector)', 'parse']);

/**
 * V8's profile of samples written as text: `110 handle project` is the stack handle → project at 110 µs. The profile
 * runs from 100 to 200; names in parentheses and `parse` are V8's own, `_` stands for a blank.
 */
export function cpuProfileOf(samples: readonly string[], startTime = 100, endTime = 200): Profiler.Profile {
  const nodes: (Profiler.ProfileNode & { children: number[] })[] = [nodeNamed(1, '(root)')];
  const ids = samples.map((sample) => {
    const [, ...stack] = sample.split(' ');
    return stack.reduce((parent, name) => {
      const children = nodes[parent - 1]?.children ?? [];
      const known = children.find((id) => nodes[id - 1]?.callFrame.functionName === name.replace('_', ' '));
      if (known !== undefined) return known;
      const id = nodes.push(nodeNamed(nodes.length + 1, name));
      children.push(id);
      return id;
    }, 1);
  });
  const times = samples.map((sample) => Number(sample.split(' ')[0]));
  const timeDeltas = times.map((time, at) => time - (times[at - 1] ?? startTime));
  return { nodes, startTime, endTime, samples: ids, timeDeltas };
}

function nodeNamed(id: number, name: string): Profiler.ProfileNode & { children: number[] } {
  const isMeta = META.has(name);
  return {
    id,
    callFrame: {
      functionName: name.replace('_', ' '),
      scriptId: isMeta ? '0' : '7',
      url: isMeta ? '' : 'file:///app/loans.ts',
      lineNumber: isMeta ? -1 : name.length,
      columnNumber: isMeta ? -1 : 0,
    },
    hitCount: 0,
    children: [],
  };
}

/** An operation written as text: `120-170`, its phases as `decide 130-140`. */
export function traceOf(span: string, phases: readonly string[] = [], handler = 'Loans'): OperationTrace {
  return {
    handler,
    kind: 'query',
    iteration: 0,
    ...stretch(span),
    phases: phases.map((text): PhaseSpan => {
      const [phase, times = ''] = text.split(' ');
      return { phase: phase as Phase, ...stretch(times) };
    }),
    eventsReadByType: {},
    eventsAppended: 0,
    outcome: 'answered',
  };
}

function stretch(span: string): { startMicros: number; durationMicros: number } {
  const [start = 0, end = 0] = span.split('-').map(Number);
  return { startMicros: start, durationMicros: end - start };
}
