import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventFilter } from '../../server/eventstore/event-filter.ts';
import type { EventStore, Position, ReadOnlyEventStore } from '../../server/eventstore/event-store.ts';
import { caching, type SharedAnswer } from '../../server/handling/caching/caching.ts';
import type { CommandHandler } from '../../server/handling/command-handler.ts';
import { commandHandler } from '../../server/handling/command-handler.ts';
import type { QueryAnswer, QueryDependencies } from '../../server/handling/query-handler.ts';
import { AppendListeners } from '../../server/handling/tell-appends.ts';
import { InMemoryEventStore } from '../contract/in-memory-event-store.ts';
import { count } from './support/counter-example.ts';

// Checked by the compiler: a line under a directive that compiles is an error of its own. Nothing here is executed.

test('A query handler cannot append or save what it read, by type', () => {
  const reader = ({ store }: QueryDependencies, filter: EventFilter, position: Position) => {
    // @ts-expect-error a read-only store has no append
    void store.append(filter, position, []);
    // @ts-expect-error nor can it save a snapshot
    void store.saveSnapshot;
    // @ts-expect-error nor delete one
    void store.deleteSnapshot;
  };
  assert.equal(reader.length, 3);
});

test('A command handler cannot be built on a store that is for reading, by type', () => {
  const builder = (store: ReadOnlyEventStore) => {
    // @ts-expect-error its append would be missing
    return commandHandler(count, { store });
  };
  const lawful = (store: EventStore) => commandHandler(count, { store });
  assert.ok(builder.length === 1 && lawful(new InMemoryEventStore()).kind === 'command');
});

test('A command cannot be answered from a cache, by type', () => {
  const wrapper = (handler: CommandHandler<unknown, unknown>) => {
    // @ts-expect-error a command has no result to give again
    return caching(handler, { appends: new AppendListeners() });
  };
  assert.equal(wrapper.length, 1);
});

test('A result that callers share cannot be changed by one of them, by type', () => {
  interface Result {
    books: { title: string; tags: Set<string> }[];
    byID: Map<string, { count: number }>;
  }
  const changer = ({ result }: SharedAnswer<QueryAnswer<Result>>) => {
    // @ts-expect-error the list is shared
    result.books.push({ title: 'x', tags: new Set() });
    for (const book of result.books) {
      // @ts-expect-error so is what is in it
      book.title = 'x';
      // @ts-expect-error so are the sets in that
      book.tags.add('x');
    }
    // @ts-expect-error so are maps
    result.byID.clear();
    for (const entry of result.byID.values()) {
      // @ts-expect-error so are their values
      entry.count = 0;
    }
  };
  assert.equal(changer.length, 1);
});
