import assert from 'node:assert/strict';
import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { frameLocation } from '../../../extension/panel/frame-location.ts';
import type { Profile } from '../../../server/protocol/profile/profile.ts';
import { type TemporaryFolder, temporaryFolder } from '../../host/temporary-folder.ts';

describe('the place of a frame', () => {
  let folder: TemporaryFolder;
  let workspace: string;

  beforeEach(async () => {
    folder = await temporaryFolder('frame-location');
    workspace = join(await realpath(folder.path), 'workspace');
    await mkdir(workspace);
    await writeFile(join(workspace, 'project.ts'), 'export const project = 1;\n');
    await writeFile(join(folder.path, 'secret.ts'), '');
  });

  afterEach(() => folder[Symbol.asyncDispose]());

  const locate = (url: string) => frameLocation(profileWith(url), 0, [workspace]);
  const urlOf = (...path: string[]) => pathToFileURL(join(workspace, ...path)).href;

  it('is its file inside of the workspace, with line and column', async () => {
    const file = join(workspace, 'project.ts');
    assert.deepEqual(await locate(urlOf('project.ts')), { file, line: 12, column: 3 });
  });

  it('is refused outside of the workspace', async () => {
    await assert.rejects(locate(urlOf('..', 'secret.ts')), { code: 'foreign_source' });
  });

  it('is refused where a link leads out of the workspace', async () => {
    await symlink(join(folder.path, 'secret.ts'), join(workspace, 'link.ts'));
    await assert.rejects(locate(urlOf('link.ts')), { code: 'foreign_source' });
  });

  it('is refused on another machine, without a look at it', async () => {
    for (const url of ['file://elsewhere/share/project.ts', 'file:////elsewhere/share/project.ts']) {
      await assert.rejects(locate(url), { code: 'foreign_source' }, url);
    }
  });

  it('is found beside a folder of the workspace that is gone', async () => {
    const folders = [join(workspace, 'gone'), workspace];
    const { file } = await frameLocation(profileWith(urlOf('project.ts')), 0, folders);
    assert.equal(file, join(workspace, 'project.ts'));
  });

  it('is refused when the workspace only begins with the same letters', async () => {
    await mkdir(`${workspace}-2`);
    await writeFile(join(`${workspace}-2`, 'project.ts'), '');
    await assert.rejects(locate(pathToFileURL(join(`${workspace}-2`, 'project.ts')).href), {
      code: 'foreign_source',
    });
  });

  it('is nowhere when the file is gone', async () => {
    await assert.rejects(locate(urlOf('gone.ts')), { code: 'missing_source' });
  });

  it('is nowhere for functions of Node.js and V8, and for a frame that does not exist', async () => {
    await assert.rejects(locate('node:internal/timers'), {
      code: 'no_source',
      message: /^project has no source/,
    });
    await assert.rejects(frameLocation(profileWith(urlOf('project.ts')), 7, [workspace]), {
      code: 'no_source',
    });
  });
});

/** A profile with one frame: the function `project` at 12:3 of a file. */
function profileWith(file: string): Profile {
  const none = { length: 0, start: new Float64Array(), duration: new Float64Array() };
  const frames = {
    name: Uint32Array.of(1),
    file: Uint32Array.of(2),
    line: Uint32Array.of(12),
    column: Uint32Array.of(3),
  };
  return {
    title: 'test',
    source: 'v8-cpu',
    unit: 'microseconds',
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMicros: 0,
    samplingIntervalMicros: 200,
    sampleDistanceMicros: 0,
    strings: ['', 'project', file],
    frames: { length: 1, ...frames, category: new Uint8Array(1) },
    nodes: { length: 1, parent: Int32Array.of(-1), frame: new Uint32Array(1) },
    samples: {
      ...{ length: 0, time: new Float64Array(), duration: new Float64Array() },
      ...{ node: new Uint32Array(), operation: new Int32Array(), phase: new Uint8Array() },
      captured: new Uint8Array(),
    },
    operations: { ...none, handler: new Uint32Array() },
  };
}
