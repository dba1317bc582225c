import path from 'node:path';
import { parseSync } from 'oxc-parser';

/**
 * The relative imports of a source file, type imports, re-exports and `import()` of a literal included,
 * as paths from the top of the repository.
 * @throws Error when the file does not parse
 */
export function importsOf(file: string, source: string): string[] {
  const { module, errors } = parseSync(file, source);
  if (errors[0]) throw new Error(`${file} does not parse: ${errors[0].message}`);
  const specifiers = [
    ...module.staticImports.map((found) => found.moduleRequest.value),
    ...module.staticExports.flatMap((found) => found.entries.map((entry) => entry.moduleRequest?.value)),
    ...module.dynamicImports.map((found) =>
      literal(source.slice(found.moduleRequest.start, found.moduleRequest.end)),
    ),
  ];
  const relative = specifiers.filter((specifier) => specifier?.startsWith('.'));
  return [
    ...new Set(relative.map((specifier) => path.posix.join(path.posix.dirname(file), specifier ?? ''))),
  ];
}

function literal(expression: string): string | undefined {
  return /^(['"])(.*)\1$/.exec(expression)?.[2];
}
