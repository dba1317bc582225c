import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { writeFiles } from '../unit/support/workspace-with.ts';
import { CONFIG, config, handlers, ownHandlersServer } from './support/own-handlers-server.ts';

const own = await ownHandlersServer();
after(() => own[Symbol.asyncDispose]());
const { client, folder, over } = own;

test('A changed config or module shows in the list without a restart, and so does its fault', async () => {
  const mistyped = config.replace("export: 'busy'", "export: 'buzy'");
  await writeFiles(folder, { [CONFIG]: mistyped });
  const fault = (await client.handlers())[0]?.fault;
  assert.match(
    fault?.message ?? '',
    /:12 handlers\[0\]\.export: '\.\/src\/handlers\.ts' has no export 'buzy'; did you mean 'busy'\?$/,
  );
  await assert.rejects(over('Busy'), ({ message }: Error) => message === fault?.message);

  await writeFiles(folder, { 'src/handlers.ts': `${handlers}\nexport const buzy = busy;` });
  assert.equal((await client.handlers())[0]?.fault, undefined);

  await writeFiles(folder, { [CONFIG]: 'export default {' });
  assert.equal((await client.handlers())[0]?.name, 'BooksInCirculation');
  assert.match(
    (await client.status()).config?.error?.message ?? '',
    /^eventstore-profiler\.config\.ts:1: SyntaxError/,
  );
  await assert.rejects(over('Busy'), ({ message }: Error) => /SyntaxError/.test(message));

  await writeFiles(folder, {
    [CONFIG]: config.replace('process.env.ORDERS_URL', "'postgres://h/other'"),
  });
  await client.handlers();
  await assert.rejects(over('Busy'), ({ message }: Error) =>
    /eventstore-profiler\.config\.ts names another database: h:5432\/other; the server still uses/.test(
      message,
    ),
  );
  await writeFiles(folder, { [CONFIG]: config });
  assert.equal((await over('Sync')).state, 'succeeded');
});
