import { expect, it } from '@jest/globals';
import type { ConfigDocument } from '../config/specs.js';
import { person, snapshotWith } from '../escalation/testing/snapshot.js';
import type { IncidentState } from '../incident/state.js';
import { remindedPeople } from './overdue-reminder.js';
import { ask, draftedIncident, reviewers, submittedIncident } from './review-fixtures.js';

const team = (managers: string[]): ConfigDocument<'Team'> => ({
  kind: 'Team',
  name: 'checkout',
  revision: 1,
  spec: {
    displayName: 'checkout',
    discipline: 'development',
    timezone: 'UTC',
    members: ['ana', 'bo'],
    managers,
  },
});
const people = [person('ana'), person('bo'), person('dana', {}, 'stakeholder'), person('mia')];
const root = person('root', {}, 'admin');

const withoutWorkers = (state: IncidentState): IncidentState => ({
  ...state,
  commander: null,
  responders: [],
  postmortem: { ...state.postmortem, author: null },
});
const approvedByBo = ask(
  submittedIncident(reviewers(['bo'], ['dana'])),
  { type: 'decide_review', person: 'bo', decision: 'approve', comment: null, to: null },
  'bo',
).state;

it.each<[string, IncidentState, ConfigDocument[], number, string[]]>([
  ['a draft: who acknowledged', draftedIncident(), [...people, team(['mia']), root], 1, ['ana']],
  [
    'a draft, second time: the managers too',
    draftedIncident(),
    [...people, team(['mia']), root],
    2,
    ['ana', 'mia'],
  ],
  [
    'a draft, third time: the admins as well',
    draftedIncident(),
    [...people, team(['mia']), root],
    3,
    ['ana', 'mia', 'root'],
  ],
  [
    'a manager with pending work: once',
    draftedIncident(),
    [...people, team(['ana']), root],
    4,
    ['ana', 'root'],
  ],
  ['in review: every reviewer', submittedIncident(), [...people, team(['mia']), root], 1, ['bo', 'dana']],
  ['in review, one has decided: the other', approvedByBo, [...people, team(['mia']), root], 1, ['dana']],
  [
    'the reviewer was deleted: the managers at once',
    approvedByBo,
    [person('ana'), person('mia'), team(['mia']), root],
    1,
    ['mia'],
  ],
  [
    'nobody worked on it: the managers',
    withoutWorkers(draftedIncident()),
    [...people, team(['mia']), root],
    1,
    ['mia'],
  ],
  [
    'nobody, and no manager: the admins',
    withoutWorkers(draftedIncident()),
    [...people, team([]), root],
    1,
    ['root'],
  ],
  ['the team was deleted: the admins', withoutWorkers(draftedIncident()), [...people, root], 2, ['root']],
])('%s', (_case, state, documents, reminder, expected) =>
  expect(remindedPeople(state, snapshotWith(...documents), reminder)).toEqual(expected),
);
