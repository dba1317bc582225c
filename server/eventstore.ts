// biome-ignore-all lint/performance/noBarrelFile: a package has one address, and this file is it
/*
 * The package export `eventstore-profiler/eventstore`: everything that a program gets, and nothing else. It is the one file
 * here that hands on what others define, since a package has one address; inside of the repository import the defining
 * file. The guide to it is docs/eventstore.md.
 */
export {
  ConcurrencyConflictError,
  EventStoreUnavailableError,
  InvalidEventError,
  InvalidFilterError,
  InvalidOptionError,
  MigrationFailedError,
  OperationCanceledError,
  QueryTimeoutError,
  ReadOnlyEventStoreError,
  RestoredEventsError,
  type SchemaProblem,
  SchemaVersionError,
  type SchemaVersionErrorOptions,
  SnapshotCorruptError,
  UnknownOutcomeError,
  UnsupportedServerError,
} from './eventstore/errors.ts';
export type { EventFilter, FilterBounds, FilterItem, ReopenedFilter } from './eventstore/event-filter.ts';
export {
  type AtLeastOne,
  buildEventFilter,
  type CompleteItem,
  type EmptyFilter,
  type EmptyItem,
  type FilterWithStart,
  type Finalizable,
  type ItemWithPredicates,
  type ItemWithTypes,
  type SequenceBoundFilter,
} from './eventstore/event-filter-builder.ts';
export {
  type AppendResult,
  type CallOptions,
  type Consistency,
  type EventStore,
  emptyPosition,
  type Position,
  type QueryResult,
  type ReadOnlyEventStore,
  type ReadOptions,
  type Replay,
  type ReplayOptions,
  type SnapshotInventory,
} from './eventstore/event-store.ts';
export type {
  EventStoreInstrumentation,
  EventStorePhase,
  EventStoreRecorder,
  InstrumentationLevel,
  OperationEnd,
  OperationName,
  OperationOutcome,
  PhaseEnd,
  StoreOperation,
} from './eventstore/instrumentation.ts';
export type { JsonValidation } from './eventstore/json-validation.ts';
export { type EventBatches, type ImportOptions, importEvents } from './eventstore/postgres/import-events.ts';
export { type MigrateOptions, migrateEventStore } from './eventstore/postgres/migrate-event-store.ts';
export {
  openPostgresEventStore,
  type PostgresEventStoreOptions,
} from './eventstore/postgres/open-event-store.ts';
export type { WhenReplicaFails } from './eventstore/postgres/postgres-engine.ts';
export type { PostgresEventStore } from './eventstore/postgres/postgres-event-store.ts';
export type { TableNames } from './eventstore/postgres/table-names.ts';
export type { StatementCacheFigures } from './eventstore/postgres/template-cache.ts';
export { type Predicate, p } from './eventstore/predicate.ts';
export { asReadOnly } from './eventstore/read-only-event-store.ts';
export type { SaveMark } from './eventstore/save-mark.ts';
export type {
  Snapshot,
  SnapshotInfo,
  SnapshotsToDelete,
  SnapshotToSave,
} from './eventstore/snapshot.ts';
export {
  buildStorableEvent,
  type SafeSequenceNumber,
  type SequenceNumber,
  type StorableEvent,
  type StorableEventInput,
  type StoredEvent,
} from './eventstore/storable-event.ts';
export { ProfilerError, type ProfilerErrorOptions } from './lib/profiler-error.ts';
