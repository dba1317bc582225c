import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import { temporaryFolder } from '../../host/temporary-folder.ts';

/** The folder that journeys open: the one that run.ts gives, which has its events already, else an empty one. */
export async function journeyFolder(): Promise<string> {
  const given = process.env['JOURNEY_WORKSPACE'];
  if (given !== undefined) return given;
  const temporary = await temporaryFolder('journey');
  after(() => temporary[Symbol.asyncDispose]());
  const folder = join(temporary.path, 'library-example');
  await mkdir(folder);
  return folder;
}
