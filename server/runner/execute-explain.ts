import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { verifyReachable } from '../database/verify-reachable.ts';
import { writeFileAtomically } from '../lib/write-file-atomically.ts';
import { splicePlan } from '../profiling/plans/splice-plan.ts';
import { statementCount } from '../profiling/statements/sql-tokens.ts';
import { decodeProfile } from '../protocol/profile/decode-profile.ts';
import { encodeProfile } from '../protocol/profile/encode-profile.ts';
import type { Profile } from '../protocol/profile/profile.ts';
import { runResultSchema } from '../protocol/run.ts';
import { PROFILE_FILE, RESULT_FILE } from '../protocol/run-files.ts';
import type { ExplainedStatement, ExplainRequest, ExplainResult } from '../protocol/statement-plan.ts';
import type { StatementTotal } from '../protocol/statement-report.ts';
import {
  explainFault,
  notExplainable,
  notKept,
  otherDatabase,
  severalStatements,
  unknownRun,
  unknownStatement,
  valuesGone,
} from './explain-faults.ts';
import { explainStatement } from './explain-statement.ts';
import { rolledBack } from './rolled-back.ts';
import type { RunContext } from './run-context.ts';
import { CUSTOM_PLANS_FIRST } from './statement-to-explain.ts';
import { type KeptCall, readStatementValues } from './statement-values.ts';

/**
 * Has PostgreSQL explain a statement of a profile with the values of its slowest call, in a transaction that is rolled
 * back, and writes the profile with the plan below the waiting for the statement into this run's folder.
 * @throws NothingToExplainError, ExplainFailedError, DatabaseUnreachableError, FileFaultError
 */
export async function executeExplain(request: ExplainRequest, context: RunContext): Promise<ExplainResult> {
  const { directory, databaseUrl } = context.order;
  // Runs lie beside each other; the schema lets no id lead elsewhere.
  const folder = path.join(path.dirname(directory), request.run);
  const total = await statementOf(folder, request);
  const call = await callOf(folder, request, total);
  if (call.statements.some(({ text }) => statementCount(text) > 1)) throw severalStatements(total.label);
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
    ...(await pictureOf(folder, directory, { total, statements })),
  };
}

async function statementOf(folder: string, { run, statement }: ExplainRequest): Promise<StatementTotal> {
  const text = await readIfThere(path.join(folder, RESULT_FILE));
  const result = text && runResultSchema.safeParse(JSON.parse(text.toString())).data;
  if (typeof result !== 'object' || result.kind !== 'profile') throw unknownRun(run);
  const totals = result.statements?.statements;
  const found = totals?.find(({ id }) => id === statement) ?? totals?.[placeIn(statement)];
  if (found === undefined)
    throw unknownStatement(
      statement,
      totals?.map(({ label }) => label),
    );
  return found;
}

/** From 0; an id of digits alone is never so small. */
function placeIn(statement: string): number {
  return /^\d{1,3}$/.test(statement) ? Number(statement) - 1 : -1;
}

async function callOf(
  folder: string,
  { run }: ExplainRequest,
  { id, label }: StatementTotal,
): Promise<KeptCall> {
  const call = await readStatementValues(folder, id);
  if (call === undefined) throw valuesGone(run);
  if (typeof call === 'string') throw notKept(label, call);
  if (!call.isOwnDatabase) throw otherDatabase(label, call.database);
  return call;
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
    await client.query(`SET statement_timeout = ${request.timeoutSeconds * 1000}`);
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
  const encoded = new Uint8Array(encodeProfile(spliced));
  await writeFileAtomically(path.join(directory, PROFILE_FILE), encoded);
  const { byteLength } = encoded;
  return {
    artifacts: [{ name: PROFILE_FILE, mediaType: 'application/octet-stream', bytes: byteLength }],
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
    const which = statements.length > 1 ? `its part ${JSON.stringify(beginOf(idle.text))}` : 'the statement';
    return `The plan is not in the picture: ${which} was not executed, so its steps have no times.`;
  }
  const plans = statements.flatMap(({ plan, planningMicros, planKind }) =>
    // One plan for all values was made once, long before.
    plan === undefined ? [] : [{ plan, planningMicros: planKind === 'generic' ? 0 : planningMicros }],
  );
  const splice = splicePlan(profile, total.label, plans);
  return splice.profile ?? LACKING[splice.lacks];
}

function beginOf(text: string): string {
  return `${text.replace(/\s+/g, ' ').trim().slice(0, 40).toWellFormed().trimEnd()}…`;
}

async function readIfThere(file: string): Promise<Buffer<ArrayBuffer> | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
