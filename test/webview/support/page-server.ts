import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.map': 'application/json',
};

/** What is served beside the files of the folder: path to content. */
type Extra = Readonly<Record<string, string | Uint8Array>>;

export interface PageServer extends AsyncDisposable {
  readonly url: string;
}

/** Serves a folder and some extra content on a free port of 127.0.0.1. */
export async function servePages(folder: string, extra: Extra): Promise<PageServer> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    const answer = (content: string | Uint8Array) => {
      response
        .setHeader('Content-Type', MEDIA_TYPES[extname(path)] ?? 'application/octet-stream')
        .end(content);
    };
    const known = extra[path];
    if (known !== undefined) answer(known);
    else readFile(join(folder, path.slice(1))).then(answer, () => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
