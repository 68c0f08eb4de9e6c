import { describe, expect, it } from '@jest/globals';
import type { IncidentEvent, IncidentFact } from '../incident/events.js';
import { IncidentBuilder } from '../incident/testing/incident-builder.js';
import { buttonData, CHAT_BUTTONS, readButtonData } from './chat-buttons.js';
import { pageStatus } from './page-status.js';

const { state } = new IncidentBuilder();
const names: Record<string, string> = { bo: 'Bo Lind' };
const says = (fact: IncidentFact, status: typeof state.status, actor = 'bo') => {
  const event = { ...fact, seq: 2, at: '2026-11-22T22:12:40.000Z', actor } as IncidentEvent;
  return pageStatus(event, { ...state, status }, (name) => names[name] ?? name);
};

describe('what stands in a page that was sent', () => {
  it.each<[IncidentFact, typeof state.status, string | null]>([
    [
      { kind: 'acknowledged', data: { person: 'bo', answered: [], expiresAt: null } },
      'acknowledged',
      'Acknowledged by Bo Lind, 22:12 UTC.',
    ],
    [
      { kind: 'acknowledged', data: { person: 'bo', answered: [], expiresAt: null } },
      'triggered',
      'Acknowledged by Bo Lind, 22:12 UTC. Others must still acknowledge.',
    ],
    [
      { kind: 'resolved', data: { comment: null, because: 'person' } },
      'resolved',
      'Resolved by Bo Lind, 22:12 UTC.',
    ],
    [
      { kind: 'resolved', data: { comment: null, because: 'alerts_closed' } },
      'resolved',
      'Resolved, 22:12 UTC: every alert has closed.',
    ],
    [
      { kind: 'declined', data: { person: 'bo', escalation: 't', comment: null } },
      'triggered',
      "Bo Lind can't take it, 22:12 UTC.",
    ],
    [
      { kind: 'escalated', data: { cycle: 0, step: 2, escalation: 't', reason: 'x' } },
      'triggered',
      'Escalated to step 2, 22:12 UTC.',
    ],
    [
      { kind: 'unacknowledged', data: { reason: null } },
      'triggered',
      'Unacknowledged by Bo Lind, 22:12 UTC: it needs to be acknowledged again.',
    ],
    [{ kind: 'merged', data: { into: 'x', number: 'INC-7' } }, 'closed', 'Merged into INC-7, 22:12 UTC.'],
    [{ kind: 'noted', data: { text: 'looking' } }, 'acknowledged', null],
  ])('after %j, %s', (fact, status, text) => expect(says(fact, status)).toBe(text));
});

it('a button tells what it stands for in 64 bytes', () => {
  const key = 'ab12'.repeat(16);
  for (const button of CHAT_BUTTONS) {
    const data = buttonData(button, key);
    expect(data.length).toBeLessThanOrEqual(64);
    expect(readButtonData(data)).toEqual({ intent: button.intent, delivery: key.slice(0, 32) });
  }
  for (const data of ['', 'a:', `z:${key.slice(0, 32)}`, `a:${key}`, 'a:; DROP TABLE'])
    expect(readButtonData(data)).toBeNull();
});
