import { describe, expect, it } from '@jest/globals';
import { type ContactState, readinessIssues } from './readiness-issues.js';

const now = '2026-11-22T22:10:00.000Z';
const phone: ContactState = {
  name: 'phone',
  channel: 'sms',
  address: '+4930123456',
  source: 'document',
  verified: true,
  deadAt: null,
  deadReason: null,
  lastReachedAt: '2026-11-20T10:00:00.000Z',
  test: null,
};
const mail: ContactState = { ...phone, name: 'mail', channel: 'email', address: 'ana@example.com' };
const rules = { high: [{ after: '0s', contact: 'phone' }], low: [{ after: '0s', contact: 'mail' }] };
const kinds = (contacts: ContactState[], own = rules): string[] =>
  readinessIssues(contacts, own, now).map(({ kind, contact }) =>
    contact === null ? kind : `${kind} ${contact}`,
  );

describe('holes of a person', () => {
  it('are none when two channels reach them and one wakes', () => expect(kinds([phone, mail])).toEqual([]));

  it('tell what is missing as a whole', () => {
    expect(kinds([], { high: [], low: [] })).toEqual(['no_contact']);
    expect(kinds([mail], { high: [{ after: '5m', contact: 'mail' }], low: [] })).toEqual([
      'none_wakes',
      'one_channel',
      'nothing_at_once',
    ]);
    expect(kinds([phone, mail], { high: rules.high, low: [{ after: '1h', contact: 'mail' }] })).toEqual([
      'nothing_at_once',
    ]);
  });

  it('tell what is wrong with a contact, and with rules that count on it', () => {
    const dead = { ...phone, deadAt: now, deadReason: 'no such number' };
    expect(kinds([dead, { ...mail, channel: 'voice' }])).toEqual([
      'one_channel',
      'nothing_at_once',
      'rule_without_contact phone',
      'dead phone',
    ]);
    expect(kinds([phone, mail, { ...mail, name: 'new', verified: false }])).toEqual(['unverified new']);
    expect(kinds([phone, { ...mail, lastReachedAt: null }])).toEqual(['never_reached mail']);
    expect(kinds([phone, { ...mail, lastReachedAt: '2026-10-01T00:00:00.000Z' }])).toEqual([
      'not_reached_lately mail',
    ]);
  });

  it('tell that a channel is not set up here, and do not count on it', () => {
    const missing = new Map([['sms', 'no TWILIO_ACCOUNT_SID or TELNYX_API_KEY configured']]);
    expect(
      readinessIssues([phone, mail], rules, now, missing).map(({ kind, text }) => `${kind}: ${text}`),
    ).toEqual([
      'none_wakes: has no contact that is loud enough to wake them',
      'one_channel: is reached by email alone: when it is down, so are they',
      'nothing_at_once: has no rule that pages at once for high urgency: every contact is used',
      'rule_without_contact: a rule names "phone", which cannot be used',
      'not_set_up: "phone" goes by sms, which is not set up: no TWILIO_ACCOUNT_SID or TELNYX_API_KEY configured',
    ]);
  });

  it('tell a test page that nobody answered within a day', () => {
    const test = {
      state: 'accepted' as const,
      held: null,
      error: null,
      requestedAt: '2026-11-21T22:00:00.000Z',
      sentAt: '2026-11-21T22:00:01.000Z',
      confirmedAt: null,
    };
    expect(kinds([phone, { ...mail, test }])).toEqual(['test_unanswered mail']);
    expect(kinds([phone, { ...mail, test: { ...test, confirmedAt: now } }])).toEqual([]);
    const fresh = { ...test, requestedAt: now, sentAt: now };
    expect(kinds([phone, { ...mail, test: fresh }])).toEqual([]);
  });
});
