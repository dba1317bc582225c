const assert = require('node:assert/strict');

exports.run = async () => assert.equal(require('vscode').version, 'another one');
