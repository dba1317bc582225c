import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { FileFormat } from '../../../server/profiling/formats/file-format.ts';
import type { ProfileSource, ProfileUnit } from '../../../server/protocol/profile/profile.ts';

/** A profile as its tool wrote it, with what another reader of the format says that it holds. */
export interface SampleFile {
  readonly name: string;
  readonly format: FileFormat;
  readonly source: ProfileSource;
  readonly unit: ProfileUnit;
}

export const SAMPLE_FILES: readonly SampleFile[] = [
  { name: 'node-24.cpuprofile', format: 'cpuprofile', source: 'v8-cpu', unit: 'microseconds' },
  { name: 'node-6.3.cpuprofile', format: 'cpuprofile', source: 'v8-cpu', unit: 'microseconds' },
  { name: 'node-6.4.cpuprofile', format: 'cpuprofile', source: 'v8-cpu', unit: 'microseconds' },
  { name: 'node-6.17.cpuprofile', format: 'cpuprofile', source: 'v8-cpu', unit: 'microseconds' },
  { name: 'node-24.heapprofile', format: 'heapprofile', source: 'v8-heap', unit: 'bytes' },
  { name: 'node-24.v8.log.gz', format: 'v8-log', source: 'v8-log', unit: 'microseconds' },
  { name: 'node-24.v8.log.json.gz', format: 'v8-log-json', source: 'v8-log', unit: 'microseconds' },
  { name: '0x-6.0.v8.log.preprocess-ready.gz', format: 'v8-log', source: 'v8-log', unit: 'microseconds' },
  { name: '0x-6.0.v8.log.json.gz', format: 'v8-log-json', source: 'v8-log', unit: 'microseconds' },
  { name: 'chromium-156.trace.json', format: 'chrome-trace', source: 'chrome-trace', unit: 'microseconds' },
  {
    name: 'speedscope-1.25.speedscope.json',
    format: 'speedscope',
    source: 'speedscope',
    unit: 'microseconds',
  },
  { name: 'speedscope-1.25-heap.speedscope.json', format: 'speedscope', source: 'speedscope', unit: 'bytes' },
  { name: 'py-spy-0.4.speedscope.json', format: 'speedscope', source: 'speedscope', unit: 'microseconds' },
  { name: 'py-spy-0.4.collapsed', format: 'collapsed', source: 'collapsed', unit: 'samples' },
  { name: 'go-1.26-cpu.pb.gz', format: 'pprof', source: 'pprof', unit: 'microseconds' },
  { name: 'go-1.26-heap.pb.gz', format: 'pprof', source: 'pprof', unit: 'bytes' },
  { name: 'datadog-5.20-wall.pb', format: 'pprof', source: 'pprof', unit: 'microseconds' },
  { name: 'datadog-5.20-heap.pb.gz', format: 'pprof', source: 'pprof', unit: 'bytes' },
];

/** The bytes of a file under `test/unit/samples/profiles`. */
export function sampleBytes(name: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(new URL(`../samples/profiles/${name}`, import.meta.url)));
}

export function unpackedSample(name: string): Uint8Array {
  const bytes = sampleBytes(name);
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}
