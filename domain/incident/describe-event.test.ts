import { expect, it } from '@jest/globals';
import { describeEvent } from './describe-event.js';
import type { IncidentFact } from './events.js';

const stepRef = { escalation: 'checkout', cycle: 0, step: 1 };

it.each<[string, IncidentFact, string]>([
  [
    'tocsin',
    {
      kind: 'paged',
      data: {
        ...stepRef,
        people: ['ana', 'bo'],
        everyone: false,
        deliveries: 2,
        nextAt: null,
        catchAll: false,
      },
    },
    'Paged ana, bo (checkout, step 1)',
  ],
  [
    'tocsin',
    {
      kind: 'paged',
      data: { ...stepRef, people: ['root'], everyone: false, deliveries: 1, nextAt: null, catchAll: true },
    },
    'Paged the catch-all: root',
  ],
  [
    'tocsin',
    {
      kind: 'paged',
      data: {
        ...stepRef,
        people: ['bo'],
        everyone: false,
        deliveries: 1,
        nextAt: null,
        catchAll: false,
        breakGlass: true,
      },
    },
    'Paged bo (checkout, step 1), by the break-glass pager',
  ],
  [
    'tocsin',
    {
      kind: 'paged',
      data: {
        ...stepRef,
        step: 0,
        people: ['bo'],
        everyone: false,
        deliveries: 1,
        nextAt: null,
        catchAll: false,
        unreached: 'nobody is on call in schedule nights',
      },
    },
    'Paged bo (checkout, by name); not reached: nobody is on call in schedule nights',
  ],
  [
    'tocsin',
    { kind: 'escalated', data: { ...stepRef, cycle: 1, step: 1, reason: 'no answer in 5m' } },
    'Escalated checkout to step 1, round 2: no answer in 5m',
  ],
  [
    'tocsin',
    { kind: 'exhausted', data: { escalation: 'checkout', catchAll: [] } },
    'Escalation exhausted: nobody is left to page on checkout',
  ],
  [
    'ana',
    { kind: 'acknowledged', data: { person: 'ana', answered: ['checkout'], expiresAt: null } },
    'ana acknowledged',
  ],
  ['source:prometheus', { kind: 'noted', data: { text: 'value 900' } }, 'prometheus: value 900'],
  ['ana', { kind: 'resolved', data: { comment: 'drained', because: 'person' } }, 'ana resolved: drained'],
  [
    'tocsin',
    { kind: 'resolved', data: { comment: null, because: 'alerts_closed' } },
    'Resolved: all alerts are closed',
  ],
  [
    'tocsin',
    {
      kind: 'step_finished',
      data: { run: 'r', step: 'probe', execution: 1, state: 'timed_out', text: '', by: null },
    },
    'Step probe timed out',
  ],
  [
    'tocsin',
    { kind: 'step_waiting', data: { run: 'r', step: 's3', title: 'Drain the replica', execution: 1 } },
    'Step "Drain the replica" waits for a person',
  ],
  [
    'ana',
    { kind: 'step_retried', data: { run: 'r', step: 's3', title: 'Drain the replica' } },
    'ana retried "Drain the replica"',
  ],
  [
    'tocsin',
    { kind: 'approval_expired', data: { run: 'r', step: 's4', title: 'Fail over?', approval: 'a' } },
    'The approval of "Fail over?" expired',
  ],
  [
    'bo',
    {
      kind: 'review_decided',
      data: {
        person: 'bo',
        group: 'participants',
        decision: 'delegate',
        comment: null,
        to: 'cleo',
        revision: 2,
      },
    },
    'bo delegated the review to cleo',
  ],
  [
    'root',
    { kind: 'postmortem_waived', data: { reason: 'a transient' } },
    'root waived the post-mortem: a transient',
  ],
  ['dana', { kind: 'closed', data: { because: 'approved' } }, 'Closed: the post-mortem is approved'],
])('tells by %s %j as: %s', (actor, fact, sentence) => {
  expect(describeEvent({ ...fact, seq: 1, at: '2026-11-23T09:00:00.000Z', actor })).toBe(sentence);
});
