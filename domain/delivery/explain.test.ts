import { describe, expect, it } from '@jest/globals';
import type { IncidentEvent, IncidentFact } from '../incident/events.js';
import { explain, type ExplainedDelivery } from './explain.js';

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 22, 22, 0, seconds)).toISOString();
const event = (seconds: number, fact: IncidentFact, actor = 'tocsin'): IncidentEvent => ({
  ...fact,
  seq: seconds + 1,
  at: at(seconds),
  actor,
});
const paged = (seconds: number, step: number, ...people: string[]): IncidentEvent =>
  event(seconds, {
    kind: 'paged',
    data: {
      escalation: 'checkout',
      cycle: 0,
      step,
      people,
      everyone: false,
      deliveries: 1,
      nextAt: null,
      catchAll: false,
    },
  });
const acked = (seconds: number, person: string): IncidentEvent =>
  event(seconds, { kind: 'acknowledged', data: { person, answered: ['checkout'], expiresAt: null } }, person);

const row = (about: Partial<ExplainedDelivery> = {}): ExplainedDelivery => ({
  type: 'page.requested',
  contact: 'phone',
  channel: 'sms',
  escalation: 'checkout',
  cycle: 0,
  step: 1,
  state: 'accepted',
  reason: null,
  isSentInBundle: false,
  held: null,
  receipt: null,
  because: 'on call in checkout-primary',
  fallback: null,
  createdAt: at(1),
  dueAt: null,
  attempts: [{ at: at(1), outcome: 'accepted', provider: 'twilio', error: null, possibleDuplicate: false }],
  ...about,
});
const of = (
  person: string,
  events: IncidentEvent[],
  rows: ExplainedDelivery[] = [],
  unused: string[] = [],
) => {
  const { verdict, summary, sentences } = explain({ person, events, rows, unused });
  return { verdict, summary, told: sentences.map(({ text }) => text).join('\n') };
};
const unsent = { attempts: [], state: 'suppressed' };

describe('why somebody was, or was not, paged', () => {
  it('names the step, the reason for this person, the contact and the outcome', () => {
    expect(of('ana', [paged(1, 1, 'ana')], [row({ state: 'delivered', receipt: 'read' })])).toEqual({
      verdict: 'paged',
      summary: 'ana was paged by step 1: on call in checkout-primary.',
      told: 'Step 1 of checkout named ana.\nPage by sms (phone), because on call in checkout-primary: read.',
    });
  });

  it('says who was paged instead, and what kept later steps from being taken', () => {
    const { verdict, summary, told } = of('bo', [paged(1, 1, 'ana'), acked(13, 'ana')]);
    expect({ verdict, summary }).toEqual({
      verdict: 'not_paged',
      summary: 'bo was not paged: step 1 named others, and then it was acknowledged by ana.',
    });
    expect(told).toContain('Step 1 of checkout named ana, not bo.');
  });

  it('says how long before an answer a page was planned that was not sent', () => {
    const mail = row({ ...unsent, reason: 'acked', channel: 'email', contact: 'mail' });
    const { verdict, summary, told } = of('ana', [paged(1, 1, 'ana'), acked(13, 'ana')], [row(), mail]);
    expect(verdict).toBe('paged');
    expect(summary).toContain('was paged');
    expect(told).toContain(
      'Page by email (mail), because on call in checkout-primary: not sent, it was acknowledged by ana 12 s after it was planned.',
    );
  });

  it.each([
    [
      'was bundled into another page',
      row({ ...unsent, reason: "bundled into INC-7's page", isSentInBundle: true }),
      'paged',
      "bundled into INC-7's page",
    ],
    [
      'was silenced by a drill',
      row({ ...unsent, reason: 'silenced by the drill' }),
      'not_reached',
      'not sent: silenced by the drill',
    ],
    [
      'is held',
      row({ attempts: [], state: 'planned', held: 'held: 6 pages in 10 minutes', dueAt: at(9) }),
      'pending',
      'held: 6 pages in 10 minutes',
    ],
    ['has no receipt', row({ receipt: 'missing' }), 'paged', 'accepted by twilio; no receipt came'],
    [
      'failed for good',
      row({
        state: 'exhausted',
        attempts: [
          {
            at: at(2),
            outcome: 'failed',
            provider: 'twilio',
            error: '21614 not a mobile',
            possibleDuplicate: false,
          },
        ],
      }),
      'not_reached',
      'given up after one attempt: 21614 not a mobile',
    ],
  ])('says when a page %s', (_what, one, verdict, words) => {
    const why = of('ana', [paged(1, 1, 'ana')], [one]);
    expect(why.verdict).toBe(verdict);
    expect(why.told).toContain(words);
  });

  it('says why a step was skipped, and which contacts were not used', () => {
    const skipped = event(1, {
      kind: 'step_skipped',
      data: { escalation: 'checkout', cycle: 0, step: 1, reason: 'condition is false: priority == "P1"' },
    });
    const { told } = of('ana', [skipped], [], ['phone cannot be used']);
    expect(told).toContain('Step 1 of checkout was skipped: condition is false: priority == "P1".');
    expect(told).toContain('Not used: phone cannot be used.');
  });
});
