import { parseRunRequest } from '../protocol/parse-run-request.ts';
import { explainText } from '../protocol/plan-text.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { numberOrText } from './option-values.ts';
import { ProgressLine } from './progress-line.ts';
import { runToEnd } from './run-to-end.ts';
import { UsageError } from './usage-error.ts';
import { type ServerChoice, withServer } from './with-server.ts';

export interface ExplainOptions extends ServerChoice {
  readonly analyze?: string;
  /** Seconds. */
  readonly timeout?: string;
  /** Print the result as JSON instead of a tree. */
  readonly json: boolean;
}

/** `explain <run> [statement]`: the plan of a statement of a profile. @throws UsageError, ServerRequestError, CancelledError */
export async function explainCommand(
  run: string,
  statement: string | undefined,
  options: ExplainOptions,
): Promise<ExitCode> {
  const request = explainRequestOf({ run, statement: statement ?? '1' }, options);
  const progress = new ProgressLine(process.stderr);
  try {
    await withServer(options, progress, async (client, signal) => {
      const { id } = await runToEnd(client, request, { signal, progress });
      progress.clear();
      const result = await client.result(id);
      if (result.kind !== 'explain') throw new TypeError('The result is none of a plan');
      console.log(options.json ? JSON.stringify({ id, ...result }, null, 2) : explainText(result));
    });
    return EXIT.ok;
  } finally {
    progress.clear();
  }
}

const flags: Readonly<Record<string, string>> = {
  run: '<run>',
  statement: '[statement]',
  analyze: '--analyze',
  timeoutSeconds: '--timeout',
};

function explainRequestOf(
  subject: { readonly run: string; readonly statement: string },
  { analyze, timeout }: ExplainOptions,
) {
  const parsed = parseRunRequest({
    kind: 'explain',
    ...subject,
    ...(analyze !== undefined && { analyze }),
    ...(timeout !== undefined && { timeoutSeconds: numberOrText(timeout) }),
  });
  if (parsed.ok) return parsed.request;
  const { message, advice = '', field = '' } = parsed.error;
  const flag = flags[field] ?? field;
  throw new UsageError(message.replace(field, flag), advice.replace(field, flag));
}
