import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '../../host/temporary-folder.ts';

/** The folder that journeys open: the one that run.ts gives, which has its events already, else an empty one. */
export async function journeyFolder(): Promise<TemporaryFolder> {
  const given = process.env['JOURNEY_WORKSPACE'];
  if (given !== undefined) return { path: given, [Symbol.asyncDispose]: async () => undefined };
  const temporary = await temporaryFolder('journey');
  const path = join(temporary.path, 'library-example');
  await mkdir(path);
  return { path, [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose]() };
}
