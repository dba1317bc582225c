import type pg from 'pg';

/**
 * A connection of the pool, given to `take` in the moment in which the pool lets go of it: its errors need a listener from
 * then on, for without one they end the process. The pool's promise comes too late for a connection that is killed as soon
 * as it is there: both messages of the server may arrive in one piece.
 */
export function checkOut<Taken>(pool: pg.Pool, take: (client: pg.PoolClient) => Taken): Promise<Taken> {
  return new Promise((resolve, reject) => {
    pool.connect((error, client) => {
      if (client) resolve(take(client));
      else reject(error);
    });
  });
}
