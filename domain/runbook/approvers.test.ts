import { NO_LIVE_DATA } from '../config/live-data.js';
import { expect, it } from '@jest/globals';
import type { ConfigDocument, ConfigSnapshot } from '../config/specs.js';
import { IncidentBuilder } from '../incident/testing/incident-builder.js';
import { approversOf } from './approvers.js';

const person = (name: string, role: 'admin' | 'responder'): ConfigDocument<'Person'> => ({
  kind: 'Person',
  name,
  revision: 1,
  spec: { displayName: name, email: '', timezone: 'UTC', role, contacts: [], rules: { high: [], low: [] } },
});
const team: ConfigDocument<'Team'> = {
  kind: 'Team',
  name: 'checkout',
  revision: 1,
  spec: {
    displayName: '',
    discipline: 'development',
    timezone: 'UTC',
    members: ['ana', 'bo'],
    managers: ['cleo'],
  },
};
const documents: ConfigDocument[] = [team, person('ana', 'responder'), person('root', 'admin')];
const snapshot: ConfigSnapshot = {
  version: 1,
  live: NO_LIVE_DATA,
  get: <K extends ConfigDocument['kind']>(kind: K, name: string) =>
    documents.find((one) => one.kind === kind && one.name === name) as ConfigDocument<K> | undefined,
  list: <K extends ConfigDocument['kind']>(kind: K) =>
    documents.filter((one) => one.kind === kind) as ConfigDocument<K>[],
};

const untouched = () => new IncidentBuilder().state;
const paged = () => {
  const run = new IncidentBuilder();
  run.page(['bo', 'ana']);
  return run;
};
const commanded = () => {
  const run = paged();
  run.acknowledge('bo');
  run.ask({ type: 'assign_role', role: 'scribe', person: 'dana' });
  return run.state;
};

it.each<[string, string[], () => IncidentBuilder['state'], string[]]>([
  ['people who exist', ['person:ana', 'person:nobody'], untouched, ['ana']],
  ['members of a team, each once', ['team:checkout', 'person:ana', 'team:nope'], untouched, ['ana', 'bo']],
  ['managers of the teams on the incident', ['role:manager'], untouched, ['cleo']],
  ['who was paged', ['role:responder'], commanded, ['bo', 'ana']],
  ['admins', ['role:admin'], untouched, ['root']],
  ['the commander alone', ['role:commander'], commanded, ['bo']],
  ['before there is a commander, the responders', ['role:commander'], () => paged().state, ['bo', 'ana']],
  ['before anybody was paged, the managers', ['role:commander'], untouched, ['cleo']],
  ['the holder of a role', ['role:scribe'], commanded, ['dana']],
  [
    'nobody for a role without holder, or what is no role',
    ['role:scribe', 'role:constructor', 'ana', ''],
    untouched,
    [],
  ],
])('may answer: %s', (_, from, state, people) => {
  expect(approversOf(from, state(), snapshot)).toEqual(people);
});
