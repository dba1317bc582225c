import { endWithServer } from '../../../server/runner/lifeline.ts';

// Ends only when somebody ends it: nothing is ever heard in a busy loop.
endWithServer();
process.send?.('busy', () => {
  for (;;);
});
