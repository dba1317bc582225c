import { test } from 'node:test';
import { canceledReaders } from '../../server/library/canceled-readers/canceled-readers.ts';
import type { CanceledReader } from '../../server/library/canceled-readers/project.ts';
import type { ReaderID } from '../../server/library/events.ts';
import type { RegisteredReader } from '../../server/library/registered-readers/project.ts';
import { registeredReaders } from '../../server/library/registered-readers/registered-readers.ts';
import { querySpecification } from './support/given-when-then.ts';
import { ada, at, bob, canceled, registered } from './support/library-examples.ts';

const registeredNow = querySpecification(registeredReaders, {});
const canceledNow = querySpecification(canceledReaders, {});

test('Without events there are no readers, and nobody left', () => {
  registeredNow.given([]).then(allOf());
  canceledNow.given([]).then(allOf());
});

test('Who registers is a reader until the contract is canceled, and has left from then on', () => {
  const history = [registered(ada, 'Ada', at(8)), registered(bob, 'Bob', at(9))];
  registeredNow.given(history).then(allOf(reader(ada, 'Ada', 8), reader(bob, 'Bob', 9)));
  canceledNow.given(history).then(allOf());
  const left = [...history, canceled(ada, at(14))];
  registeredNow.given(left).then(allOf(reader(bob, 'Bob', 9)));
  canceledNow.given(left).then(allOf(formerReader(ada, 'Ada', 8, 14)));
});

test('Who left and registers again is a reader anew, with the new name, behind the others', () => {
  const history = [
    registered(ada, 'Ada', at(8)),
    registered(bob, 'Bob', at(9)),
    canceled(ada, at(10)),
    registered(ada, 'Ada L.', at(11)),
  ];
  registeredNow.given(history).then(allOf(reader(bob, 'Bob', 9), reader(ada, 'Ada L.', 11)));
  canceledNow.given(history).then(allOf());
});

test('Who left twice is among those who left once, with the name and time of the last contract, behind the others', () => {
  const history = [
    registered(ada, 'Ada', at(8)),
    registered(bob, 'Bob', at(9)),
    canceled(ada, at(10)),
    registered(ada, 'Ada L.', at(11)),
    canceled(bob, at(12)),
    canceled(ada, at(13)),
  ];
  registeredNow.given(history).then(allOf());
  canceledNow
    .given(history)
    .then(allOf(formerReader(bob, 'Bob', 9, 12), formerReader(ada, 'Ada L.', 11, 13)));
});

test('Registering twice and canceling what is not there change nothing', () => {
  const history = [canceled(bob), registered(ada, 'Ada', at(8)), registered(ada, 'Somebody', at(9))];
  registeredNow.given(history).then(allOf(reader(ada, 'Ada', 8)));
  canceledNow
    .given([...history, canceled(ada, at(10)), canceled(ada, at(11))])
    .then(allOf(formerReader(ada, 'Ada', 8, 10)));
});

function allOf<Reader>(...readers: Reader[]) {
  return { readers, count: readers.length };
}

function reader(readerID: ReaderID, name: string, hour: number): RegisteredReader {
  return { readerID, name, registeredAt: at(hour) };
}

function formerReader(readerID: ReaderID, name: string, ...hours: [number, number]): CanceledReader {
  return { readerID, name, registeredAt: at(hours[0]), canceledAt: at(hours[1]) };
}
