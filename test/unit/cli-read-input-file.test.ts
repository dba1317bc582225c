import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInputFile } from '../../server/cli/read-input-file.ts';

test('who names a file that does not exist is told that runs can be named by their ids too', async () => {
  await assert.rejects(readInputFile('nix'), {
    message: 'nix does not exist.',
    advice:
      'Give the path of a profile, or the id of a run that has one: "eventstore-profiler runs" lists them.',
  });
});
