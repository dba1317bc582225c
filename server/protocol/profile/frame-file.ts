const IN_PACKAGE = /^.*[/\\]node_modules[/\\]/s;
const SCOPED = /^(@[^/\\]+[/\\][^/\\]+|[^/\\]+)/;

/**
 * A script URL as it is the same on another machine: files of packages begin with the package's name, wherever they
 * were installed, and what stands behind `?` or `#` is left out. Others stay as they are.
 */
export function portableFile(file: string): string {
  return file.replace(/[?#].*$/s, '').replace(IN_PACKAGE, '');
}

/** The package that a file is of: its name, `node` for Node's own code, empty for everything else. */
export function packageOf(file: string): string {
  if (file.startsWith('node:')) return 'node';
  if (!IN_PACKAGE.test(file)) return '';
  const name = SCOPED.exec(portableFile(file))?.[0] ?? '';
  return name.replace('\\', '/');
}
