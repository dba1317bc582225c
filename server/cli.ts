#!/usr/bin/env node
// Nothing may be imported here before the version is checked: an older Node.js would fail on the first import with a
// message that says nothing about versions.
const OLDEST = [22, 12] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(
    `Event Store Profiler needs Node.js ${OLDEST.join('.')} or newer; this is ${process.versions.node}.`,
  );
  console.error(
    'Install a newer one from https://nodejs.org. In a clone of Event Store Profiler "npm start" brings its own.',
  );
  process.exitCode = 1;
} else {
  const { runProgram } = await import('./cli/program.ts');
  process.exitCode = await runProgram({ argv: process.argv, entry: import.meta.filename });
}

export {};
