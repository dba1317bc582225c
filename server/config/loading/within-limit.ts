/** The work's result, or the fault of having taken too long. The work itself goes on: nobody can end it. */
export async function withinLimit<T>(work: Promise<T>, limitMs: number, tooLong: () => Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(tooLong()), limitMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
