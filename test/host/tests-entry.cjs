// What the workbench loads as extension tests. Runs the real ones and tells the launcher, over a socket, what they
// print and how they end: the workbench's own log mixes their lines with its own, and it reports an extension host that
// dies as a success.
const { once } = require('node:events');
const { connect } = require('node:net');
const { format } = require('node:util');

exports.run = async () => {
  const socket = connect(process.env.TEST_HOST_SOCKET);
  await once(socket, 'connect');
  const send = (kind, value) => socket.write(`${JSON.stringify([kind, value])}\n`);
  redirectConsole((stream, text) => send(stream, text));
  try {
    await require(process.env.TEST_HOST_TESTS).run();
    send('end', 0);
  } catch (error) {
    send('stderr', `${format(error)}\n`);
    send('end', 1);
    throw error;
  } finally {
    await new Promise((resolve) => socket.end(resolve));
  }
};

// An extension host gives the console's functions setters that do nothing, so they have to be defined anew.
function redirectConsole(write) {
  const streams = { log: 'stdout', info: 'stdout', debug: 'stdout', warn: 'stderr', error: 'stderr' };
  for (const [name, stream] of Object.entries(streams)) {
    const value = (...values) => write(stream, `${format(...values)}\n`);
    Object.defineProperty(console, name, { value, writable: true, configurable: true });
  }
}
