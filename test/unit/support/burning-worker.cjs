const { parentPort, workerData } = require('node:worker_threads');

function burnInWorker(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

if (workerData?.sleeps === true) {
  parentPort.postMessage('asleep');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30_000);
} else if (typeof workerData?.burn === 'number') burnInWorker(workerData.burn);
else {
  parentPort.on('message', (milliseconds) => {
    burnInWorker(milliseconds);
    parentPort.postMessage('done');
  });
}
