// In place of the native @vscode/spdlog: writes VS Code's log files. VS Code import()s this file, and Node finds the
// names of a CommonJS module by reading its text, hence one plain `exports.name =` for each.
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];

class Logger {
  #file;
  #level = LEVELS.indexOf('info');
  #bare = false;

  constructor(_kind, _name, file) {
    this.#file = file;
    mkdirSync(dirname(file), { recursive: true });
  }

  getLevel() {
    return this.#level;
  }

  setLevel(level) {
    this.#level = level;
  }

  clearFormatters() {
    this.#bare = true;
  }

  trace(message) {
    this.#write('trace', message);
  }

  debug(message) {
    this.#write('debug', message);
  }

  info(message) {
    this.#write('info', message);
  }

  warn(message) {
    this.#write('warning', message);
  }

  error(message) {
    this.#write('error', message);
  }

  critical(message) {
    this.#write('critical', message);
  }

  setPattern() {
    // The pattern of #write is the only one.
  }

  flush() {
    // Every line is on disk when #write returns.
  }

  drop() {
    this.#level = LEVELS.indexOf('off');
  }

  #write(level, message) {
    if (LEVELS.indexOf(level) < this.#level) return;
    appendFileSync(this.#file, this.#bare ? message : `${new Date().toISOString()} [${level}] ${message}\n`);
  }
}

const create = async (name, file) => new Logger('', name, file);
const ignore = () => undefined;

exports.version = 0;
exports.setLevel = ignore;
exports.setFlushOn = ignore;
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
