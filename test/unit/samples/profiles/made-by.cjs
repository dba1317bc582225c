// A little of everything that a profiler can see.
const { createHash } = require('node:crypto');
const vm = require('node:vm');
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
function project(events) { return events.reduce((books, e) => ({ ...books, [e.id % 500]: e }), {}); }
function decode(text) { return JSON.parse(text); }
function match(text) { let n = 0; for (let i = 0; i < 300; i++) n += text.match(/(\w+)-(\d+)\s(?:lent|returned)/g)?.length ?? 0; return n; }
const evaluated = vm.runInThisContext('(function evaluated(n) { let s = 0; for (let i = 0; i < n; i++) s += Math.sqrt(i); return s; })');
async function main() {
  const text = JSON.stringify(Array.from({ length: 3000 }, (_, id) => ({ id, type: 'BookLent', tags: ['a', 'b'] })));
  const kept = (globalThis.kept = []);
  for (let round = 0; round < 6; round++) {
    kept.push(project(decode(text)));
    match('reader-12 lent book-7 returned '.repeat(200));
    evaluated(2e6);
    fib(24);
    createHash('sha256').update(text.repeat(20)).digest();
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
main();
