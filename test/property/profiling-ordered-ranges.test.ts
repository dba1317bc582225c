import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodeMap } from '../../server/profiling/formats/v8-log/code-map.ts';
import { type AddressRange, OrderedRanges } from '../../server/profiling/formats/v8-log/ordered-ranges.ts';

const range = fc.record({ start: fc.nat({ max: 3000 }), size: fc.nat({ max: 40 }) });
const steps = fc.array(fc.oneof({ weight: 5, arbitrary: range }, fc.nat({ max: 3000 })), {
  minLength: 1,
  maxLength: 2500,
  size: 'max',
});

test('ordered ranges hold what was put last at each address, whatever was put and taken out before', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const ranges = new OrderedRanges<AddressRange>();
      let naive: AddressRange[] = [];
      for (const step of all) {
        if (typeof step === 'number') {
          const start = naive[step % (naive.length + 1)]?.start ?? step;
          ranges.delete(start);
          naive = naive.filter((one) => one.start !== start);
          continue;
        }
        const added = { start: step.start, end: step.start + step.size };
        const touches = (one: AddressRange) =>
          one.start === added.start || (one.end > added.start && one.start < added.end);
        assert.deepEqual(new Set(ranges.replace(added)), new Set(naive.filter(touches)));
        naive = [...naive.filter((one) => !touches(one)), added];
      }
      for (let address = 0; address < 3050; address += 7) {
        const expected = naive.find(({ start, end }) => address >= start && address < end);
        assert.equal(ranges.find(address), expected, `at ${address}`);
        const starting = naive.find(({ start }) => start === address);
        assert.equal(ranges.startingAt(address), starting);
      }
    }),
    { numRuns: 30 },
  );
});

test('a library keeps what a later one does not cover', () => {
  const entry = (functionName: string) => ({
    frame: { functionName, scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 },
    kind: 'native' as const,
  });
  const code = new CodeMap();
  code.addLibrary(100, 200, entry('wide'));
  code.addLibrary(140, 150, entry('narrow'));
  const names = [100, 139, 140, 149, 150, 199, 200].map((at) => code.find(at)?.frame.functionName);
  assert.deepEqual(names, ['wide', 'wide', 'narrow', 'narrow', 'wide', 'wide', undefined]);
});
