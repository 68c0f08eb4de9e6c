import { expect, it } from '@jest/globals';
import type { ConfigSnapshot } from '../config/specs.js';
import { mailboxOwner } from './mailbox-owner.js';

const spec = (email: string, ...addresses: string[]) => ({
  displayName: 'X',
  email,
  timezone: 'UTC',
  role: 'responder',
  contacts: addresses.map((address, at) => ({ name: `mail-${at}`, channel: 'email', address })),
  rules: { high: [], low: [] },
});
const people = [
  { name: 'ana', spec: spec('Ana@example.com', 'ana@home.example') },
  { name: 'bo', spec: spec('bo@example.com', 'shared@example.com') },
  { name: 'cleo', spec: spec('cleo@example.com', 'shared@example.com') },
];
const snapshot = {
  live: { people: new Map() },
  list: () => people,
  get: (_kind: string, name: string) => people.find((one) => one.name === name),
} as unknown as ConfigSnapshot;

it.each([
  ['ana@EXAMPLE.com ', { person: 'ana', contact: 'email', address: 'Ana@example.com' }],
  ['ana@home.example', { person: 'ana', contact: 'mail-0', address: 'ana@home.example' }],
  ['shared@example.com', null],
  ['nobody@example.com', null],
  ['', null],
])('says whose address %j is', (typed, owner) => expect(mailboxOwner(snapshot, typed)).toEqual(owner));
