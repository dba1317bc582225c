// In place of the native @vscode/native-watchdog: ends the extension host when the server that started it is gone.
const POLL_MS = 2000;
const EXIT_CODE_OF_THE_ORIGINAL = 87;

exports.start = (parentPid) => {
  setInterval(() => {
    try {
      process.kill(parentPid, 0);
    } catch {
      // process.exit is intercepted inside an extension host.
      process.reallyExit(EXIT_CODE_OF_THE_ORIGINAL);
    }
  }, POLL_MS).unref();
};
