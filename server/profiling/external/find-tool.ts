import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as z from 'zod';
import { ToolError } from './tool-errors.ts';

export interface FoundTool {
  readonly version: string;
  /** The JavaScript file that the tool's command is. */
  readonly program: string;
}

export interface ToolPlaces {
  /** Folder of the user's project. */
  readonly workspace: string;
  /** A file of this product. */
  readonly installation: string;
}

const packageSchema = z.object({
  version: z.string(),
  bin: z.union([z.string(), z.record(z.string(), z.string())]),
});

/**
 * Finds a package with a command in the user's project, else beside this product: what a project has installed is of the
 * version that it wants. @throws ToolError that says how to get it
 */
export async function findTool(name: string, { workspace, installation }: ToolPlaces): Promise<FoundTool> {
  const file = resolved(name, path.join(workspace, 'package.json')) ?? resolved(name, installation);
  if (file === undefined) {
    throw new ToolError(
      'tool_missing',
      `${name} is installed neither in ${workspace} nor with this product.`,
      {
        advice: `Install it in your project: npm i -D ${name}`,
      },
    );
  }
  const parsed = packageSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  const bin = parsed.data?.bin;
  const command = typeof bin === 'string' ? bin : bin?.[name];
  if (!parsed.success || command === undefined) {
    throw new ToolError('tool_unusable', `${path.dirname(file)} holds no command ${name}.`, {
      advice: `Install it anew: npm i -D ${name}`,
    });
  }
  return { version: parsed.data.version, program: path.join(path.dirname(file), command) };
}

function resolved(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(`${name}/package.json`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return undefined;
    throw error;
  }
}
