import { expect, it } from '@jest/globals';
import { at, IncidentBuilder } from './testing/incident-builder.js';
import { whoAnswered } from './who-answered.js';

const answer = (incident: IncidentBuilder, person: string) => whoAnswered(incident.events).get(person);

it('knows who can not take it, until they are asked anew', () => {
  const incident = new IncidentBuilder();
  incident.page(['ana', 'bo'], { seconds: 1 });
  incident.ask({ type: 'decline', person: 'bo', comment: null }, { seconds: 2, actor: 'bo' });
  expect(answer(incident, 'bo')).toMatchObject({ answer: { kind: 'declined', at: at(2) }, pagedAt: at(1) });
  incident.page(['bo'], { step: 2, seconds: 3 });
  expect(answer(incident, 'bo')).toEqual({ answer: null, pagedAt: at(3) });
});

it('knows to whom it was handed over', () => {
  const incident = new IncidentBuilder();
  incident.page(['ana'], { seconds: 1 });
  incident.acknowledge('ana', 2);
  expect(answer(incident, 'ana')).toMatchObject({ answer: { kind: 'acknowledged', holds: true } });
  incident.ask({ type: 'unacknowledge', reason: null, to: 'cleo' }, { seconds: 3, actor: 'ana' });
  expect(answer(incident, 'ana')).toMatchObject({ answer: { kind: 'handed_over', to: 'cleo' } });
});

it('lets no acknowledgement hold that has expired', () => {
  const incident = new IncidentBuilder([], { ackTimeoutMs: 1_000 });
  incident.acknowledge('ana', 2);
  incident.ask({ type: 'expire_acknowledgement' }, { seconds: 60 });
  expect(answer(incident, 'ana')).toMatchObject({ answer: { kind: 'acknowledged', holds: false } });
});
