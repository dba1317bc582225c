import * as z from 'zod';

// Zod compiles schemas with `new Function` where it may. The page's policy forbids that, and even the attempt is
// reported as a violation. Must be imported before the first schema is made.
z.config({ jitless: true });
