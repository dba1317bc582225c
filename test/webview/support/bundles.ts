import { build } from 'esbuild';
import { webview } from '../../../esbuild.webview.ts';
import { type TemporaryFolder, temporaryFolder } from '../../host/temporary-folder.ts';

/** The pages, built from the sources as they are now into a folder of their own. */
export async function buildBundles(): Promise<TemporaryFolder> {
  const folder = await temporaryFolder('webview-bundles');
  await build({ ...webview, outdir: folder.path });
  return folder;
}
