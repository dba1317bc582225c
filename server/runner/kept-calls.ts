import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { STATEMENT_VALUES_FILE } from '../protocol/run-files.ts';

/** NULL, text, or bytes in base64. */
const valueSchema = z.union([z.null(), z.string(), z.object({ base64: z.string() })]);

const keptStatementSchema = z.object({ text: z.string(), values: z.array(valueSchema) });

/** One real call of a statement: what it takes to execute it again. */
const keptCallSchema = z.object({
  /** Those of a pipeline in their order. */
  statements: z.array(keptStatementSchema),
  /** The connection had executed it by its name so often before; 0 for what is not prepared. */
  executionsBefore: z.int(),
  isPrepared: z.boolean(),
  /** Whether it ran in the database of the run. */
  isOwnDatabase: z.boolean(),
  /** `host:port/database`, without a user. */
  database: z.string(),
  micros: z.number(),
});

const valuesFileSchema = z.object({
  version: z.literal(1),
  /** By the statement's id; a text says why there is no call. */
  statements: z.record(z.string(), z.union([keptCallSchema, z.string()])),
});

export type KeptValue = z.infer<typeof valueSchema>;
export type KeptCall = z.infer<typeof keptCallSchema>;
export type ValuesFile = z.infer<typeof valuesFileSchema>;

/** The kept call of a statement; a text that says why there is none; undefined when the file is gone or spoilt. */
export async function readStatementValues(
  directory: string,
  id: string,
): Promise<KeptCall | string | undefined> {
  try {
    const text = await readFile(path.join(directory, STATEMENT_VALUES_FILE), 'utf8');
    const file = valuesFileSchema.safeParse(JSON.parse(text));
    return file.success ? (file.data.statements[id] ?? 'it was not kept') : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
