import { expect, it } from '@jest/globals';
import { describeEvent } from '../incident/describe-event.js';
import type { IncidentFact } from '../incident/events.js';
import { namesFrom } from './spoken.js';

const nameOf = namesFrom(
  new Map([
    ['ana', 'Ana Sorel'],
    ['bo', 'Bo Lindqvist'],
  ]),
);

it.each<[IncidentFact, string, string]>([
  [
    { kind: 'acknowledged', data: { person: 'ana', answered: [], expiresAt: null } },
    'ana',
    'Ana Sorel acknowledged',
  ],
  [
    {
      kind: 'escalated',
      data: { escalation: 'checkout', cycle: 0, step: 0, reason: 'knows replicas', to: 'bo' },
    },
    'ana',
    'Ana Sorel reassigned it to Bo Lindqvist: knows replicas',
  ],
  [
    { kind: 'escalated', data: { escalation: 'checkout', cycle: 0, step: 2, reason: "bo can't take it" } },
    'bo',
    "Escalated checkout to step 2: Bo Lindqvist can't take it",
  ],
  [{ kind: 'noted', data: { text: 'bo knows ana' } }, 'ana', 'Ana Sorel: bo knows ana'],
  [
    { kind: 'exhausted', data: { escalation: 'checkout', catchAll: ['gus', 'bo'] } },
    'tocsin',
    'gus, Bo Lindqvist',
  ],
  [{ kind: 'unacknowledged', data: { reason: null } }, 'key:ci', 'API key ci unacknowledged it'],
  [
    {
      kind: 'postmortem_submitted',
      data: { revision: 1, author: 'ana', reviewers: [{ person: 'bo', group: 'participants' }], due: '' },
    },
    'ana',
    'Ana Sorel submitted the post-mortem; review requested from Bo Lindqvist',
  ],
])('names people as they are called: %j by %s', (fact, actor, sentence) => {
  const event = { ...fact, seq: 1, at: '2026-11-23T09:00:00.000Z', actor };
  expect(describeEvent(event, nameOf)).toContain(sentence);
  expect(describeEvent(event)).not.toMatch(/[\uE000\uE001]/u);
});
