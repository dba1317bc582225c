import path from 'node:path';
import { type FromLoader, toLoaderSchema } from './config/config-messages.ts';
import { listHandlers } from './config/loading/list-handlers.ts';
import { stackOf } from './lib/describe-error.ts';
import { endWithServer } from './runner/lifeline.ts';

/*
 * The child process that reads a config file: the server itself executes nothing of the user's. It lists the handlers,
 * looks whether there are such functions, and is gone. It ends with the server, and when it is told to.
 */
endWithServer();
process.on('disconnect', () => process.exit(1));
process.once('message', (message) => {
  const { file } = toLoaderSchema.parse(message);
  // As in the process of a run: what the user's code reads beside itself it looks for from here.
  process.chdir(path.dirname(file));
  listHandlers(file, say).then(undefined, (error: unknown) => {
    console.error(stackOf(error));
    process.exit(1);
  });
});

function say(message: FromLoader): void {
  process.send?.(message);
}
