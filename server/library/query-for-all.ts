import * as z from 'zod';

/** Asks for everything that there is, so there is nothing to say. */
export const queryForAllSchema = z.strictObject({});

export type QueryForAll = Readonly<z.infer<typeof queryForAllSchema>>;
