import { expect, it } from '@jest/globals';
import { at, IncidentStory } from './testing/incident-story.js';
import { whoAnswered } from './who-answered.js';

const answer = (story: IncidentStory, person: string) => whoAnswered(story.events).get(person);

it('knows who can not take it, until they are asked anew', () => {
  const story = new IncidentStory();
  story.page(['ana', 'bo'], { seconds: 1 });
  story.ask({ type: 'decline', person: 'bo', comment: null }, { seconds: 2, actor: 'bo' });
  expect(answer(story, 'bo')).toMatchObject({ answer: { kind: 'declined', at: at(2) }, pagedAt: at(1) });
  story.page(['bo'], { step: 2, seconds: 3 });
  expect(answer(story, 'bo')).toEqual({ answer: null, pagedAt: at(3) });
});

it('knows to whom it was handed over', () => {
  const story = new IncidentStory();
  story.page(['ana'], { seconds: 1 });
  story.acknowledge('ana', 2);
  expect(answer(story, 'ana')).toMatchObject({ answer: { kind: 'acknowledged', holds: true } });
  story.ask({ type: 'unacknowledge', reason: null, to: 'cleo' }, { seconds: 3, actor: 'ana' });
  expect(answer(story, 'ana')).toMatchObject({ answer: { kind: 'handed_over', to: 'cleo' } });
});

it('lets no acknowledgement hold that has expired', () => {
  const story = new IncidentStory([], { ackTimeoutMs: 1_000 });
  story.acknowledge('ana', 2);
  story.ask({ type: 'expire_acknowledgement' }, { seconds: 60 });
  expect(answer(story, 'ana')).toMatchObject({ answer: { kind: 'acknowledged', holds: false } });
});
