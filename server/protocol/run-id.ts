/** What every id of a run looks like: a folder's name that leads nowhere else. */
export const RUN_ID = /^[0-9A-Za-z][0-9A-Za-z-]{0,59}$/;
