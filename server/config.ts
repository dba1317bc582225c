// biome-ignore-all lint/performance/noBarrelFile: a package has one address, and this file is it
/*
 * The package export `eventstore-profiler`: what the author of a config file or of a handler needs, and nothing else.
 * The guide to it is docs/own-handlers.md.
 */
export { defineHandler, type HandlerConfig, type InputContext } from './config/handler-config.ts';
export type { HandlerContext, PreparationResources, RunResources } from './config/handler-context.ts';
export type { InputRandom } from './config/input-random.ts';
export { defineConfig, type ProfilerConfig } from './config/profiler-config.ts';
export type { EventStore } from './eventstore/event-store.ts';
export type { HandlerKind, Phase } from './handling/recording/operation-record.ts';
export type { RetrySettings } from './handling/retrying/retry-settings.ts';
