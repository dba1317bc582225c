import { test } from 'node:test';
import { registerReader } from '../../server/library/register-reader/register-reader.ts';
import { commandSpecification } from './support/given-when-then.ts';
import { ada, at, canceled, metadata, registered } from './support/library-examples.ts';

const { given } = commandSpecification(registerReader);
const registerAda = { readerID: ada, name: 'Ada L.', occurredAt: at(15), metadata };
const adaRegistered = registered(ada, 'Ada L.', at(15));

test('Somebody who never was a reader becomes one', () => {
  given([]).when(registerAda).then([adaRegistered]);
});

test('A reader whose contract was canceled becomes one again, however often', () => {
  given([registered(ada), canceled(ada)])
    .when(registerAda)
    .then([adaRegistered]);
  given([registered(ada), canceled(ada), registered(ada), canceled(ada)])
    .when(registerAda)
    .then([adaRegistered]);
});

test('Who is registered is not registered twice, also not under another name', () => {
  given([registered(ada)])
    .when(registerAda)
    .thenNothing();
  given([registered(ada), canceled(ada), registered(ada)])
    .when({ ...registerAda, name: 'Countess of Lovelace' })
    .thenNothing();
});
