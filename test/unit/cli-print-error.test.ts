import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { printError } from '../../server/cli/print-error.ts';
import { ServerRequestError } from '../../server/protocol/server-request-error.ts';

function printed(t: TestContext, code: string, verbose: boolean): string {
  const lines: string[] = [];
  t.mock.method(console, 'error', (line: string) => lines.push(line));
  printError(new ServerRequestError({ code, message: 'It ended.', advice: 'Do not end it.' }, 0), verbose);
  t.mock.restoreAll();
  return lines.join('\n');
}

test('what a process printed before it ended is said to be shown with --verbose, unless it is', (t) => {
  for (const code of ['runner_crashed', 'tool_crashed', 'config_crashed']) {
    assert.match(
      printed(t, code, false),
      /^It ended\.\nDo not end it\.\nWith --verbose, what the process printed is shown too;/,
    );
    assert.doesNotMatch(printed(t, code, true), /--verbose/);
  }
  assert.equal(printed(t, 'invalid_input', false), 'It ended.\nDo not end it.');
});
