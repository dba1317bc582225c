// A little of everything that a profiler of old Node.js can see.
'use strict';
const crypto = require('crypto');
const vm = require('vm');
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
function project(events) { return events.reduce((books, e) => Object.assign({}, books, { [e.id % 500]: e }), {}); }
function decode(text) { return JSON.parse(text); }
function match(text) { let n = 0; for (let i = 0; i < 300; i++) n += (text.match(/(\w+)-(\d+)\s(?:lent|returned)/g) || []).length; return n; }
const evaluated = vm.runInThisContext('(function evaluated(n) { let s = 0; for (let i = 0; i < n; i++) s += Math.sqrt(i); return s; })');
const events = []; for (let id = 0; id < 700; id++) events.push({ id, type: 'BookLent', tags: ['a', 'b'] });
const text = JSON.stringify(events);
const kept = [];
function round(left) {
  kept.push(project(decode(text)));
  match('reader-12 lent book-7 returned '.repeat(200));
  evaluated(2e6);
  fib(24);
  crypto.createHash('sha256').update(text.repeat(20)).digest();
  if (left > 1) setTimeout(() => round(left - 1), 15); else setTimeout(() => console.log('finished'), 20);
}
setTimeout(() => round(6), 1500);
setInterval(() => {}, 1000);
