import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { verifyReachable } from '../database/verify-reachable.ts';
import { RunDirectory } from '../jobs/run-directory.ts';
import { writeProfile } from '../profiling/formats/write-profile.ts';
import { splicePlan } from '../profiling/plans/splice-plan.ts';
import { normaliseStatement } from '../profiling/statements/normalise-statement.ts';
import { statementLabel } from '../profiling/statements/statement-label.ts';
import { decodeProfile } from '../protocol/profile/decode-profile.ts';
import type { Profile } from '../protocol/profile/profile.ts';
import { PLAN_PROFILE_FILE, PROFILE_FILE } from '../protocol/run-files.ts';
import type { ExplainedStatement, ExplainRequest, ExplainResult } from '../protocol/statement-plan.ts';
import type { StatementTotal } from '../protocol/statement-report.ts';
import { explainFault, notExplainable } from './explain-faults.ts';
import { explainStatement } from './explain-statement.ts';
import { findStatement } from './find-statement.ts';
import type { KeptCall } from './kept-calls.ts';
import { rolledBack } from './rolled-back.ts';
import type { RunContext } from './run-context.ts';
import { CUSTOM_PLANS_FIRST } from './statement-to-explain.ts';
import { profileFile, writeRunFiles } from './write-run-files.ts';

/**
 * Has PostgreSQL explain a statement of a profile with the values of its slowest call, in a transaction that is rolled
 * back, and writes the profile with the plan below the waiting for the statement into this run's folder.
 * @throws NothingToExplainError, ExplainFailedError, DatabaseUnreachableError, FileFaultError
 */
export async function executeExplain(request: ExplainRequest, context: RunContext): Promise<ExplainResult> {
  const { directory, databaseUrl } = context.order;
  // Runs lie beside each other; the schema lets no id lead elsewhere.
  const runs = new RunDirectory(path.dirname(directory));
  const { total, call } = await findStatement(runs, request);
  context.progress('Asking PostgreSQL for the plan', 0, 0);
  await verifyReachable(databaseUrl);
  const statements = await explainCall(call, total, { request, context });
  if (statements.every(({ plan }) => plan === undefined)) throw notExplainable(total.label);
  context.progress('Putting the plan into the profile', 0, 0);
  return {
    kind: 'explain',
    run: request.run,
    statement: total.id,
    label: total.label,
    callMicros: call.micros,
    statements,
    ...(await pictureOf(runs.folderOf(request.run), directory, { total, statements })),
  };
}

interface Explaining {
  readonly request: ExplainRequest;
  readonly context: RunContext;
}

async function explainCall(
  call: KeptCall,
  { label }: StatementTotal,
  { request, context }: Explaining,
): Promise<ExplainedStatement[]> {
  const { databaseUrl, applicationName } = context.order;
  const client = new pg.Client({ connectionString: databaseUrl, application_name: applicationName });
  // A connection that breaks also fails the statement that waits for it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`SET statement_timeout = ${Math.round(request.timeoutSeconds * 1000)}`);
    const hasSettledPlan = call.isPrepared && call.executionsBefore >= CUSTOM_PLANS_FIRST;
    const explained: ExplainedStatement[] = [];
    await rolledBack(client, async () => {
      for (const statement of call.statements) {
        context.signal.throwIfAborted();
        explained.push(await explainStatement(client, { ...statement, hasSettledPlan }, request.analyze));
      }
    });
    return explained;
  } catch (error) {
    context.signal.throwIfAborted();
    throw explainFault(error, label, request.timeoutSeconds);
  } finally {
    await client.end();
  }
}

interface Explained {
  readonly total: StatementTotal;
  readonly statements: readonly ExplainedStatement[];
}

/** Writes the profile with the plan in it, or tells why there is none. */
async function pictureOf(
  folder: string,
  directory: string,
  explained: Explained,
): Promise<Pick<ExplainResult, 'artifacts' | 'notInPicture'>> {
  const bytes = await readIfThere(path.join(folder, PROFILE_FILE));
  const spliced = bytes === undefined ? GONE : splicedProfile(bytes, explained);
  if (typeof spliced === 'string') return { artifacts: [], notInPicture: spliced };
  return {
    artifacts: await writeRunFiles(directory, [
      {
        name: PLAN_PROFILE_FILE,
        mediaType: 'application/json',
        data: writeProfile({ profile: spliced }, 'cpuprofile'),
      },
      profileFile(PROFILE_FILE, spliced),
    ]),
  };
}

const GONE = 'The plan is not in the picture: the profile of the run is not there any more.';
const LACKING = {
  waiting:
    'The plan is not in the picture: in none of the samples of this profile PostgreSQL was waited for with this statement. With more iterations there may be some.',
  times: 'The plan is not in the picture: PostgreSQL measured no time for any of its steps.',
};

/** As a sentence where the plan has no place in it. */
function splicedProfile(bytes: Buffer<ArrayBuffer>, { total, statements }: Explained): Profile | string {
  const profile = decodeProfile(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  if (profile.unit !== 'microseconds') {
    return 'The plan is not in the picture: this profile shows allocations, in which nothing is waited for.';
  }
  // The others would take its time as well.
  const idle = statements.find(({ plan, isAnalyzed }) => plan !== undefined && !isAnalyzed);
  if (idle !== undefined) {
    const which =
      statements.length > 1
        ? `its part ${JSON.stringify(statementLabel(normaliseStatement(idle.text)))}`
        : 'the statement';
    return `The plan is not in the picture: ${which} was not executed, so its steps have no times.`;
  }
  const plans = statements.flatMap(({ plan, planningMicros, planKind }) =>
    // One plan for all values was made once, long before.
    plan === undefined ? [] : [{ plan, planningMicros: planKind === 'generic' ? 0 : planningMicros }],
  );
  const splice = splicePlan(profile, total.label, plans);
  return splice.profile ?? LACKING[splice.lacks];
}

async function readIfThere(file: string): Promise<Buffer<ArrayBuffer> | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
