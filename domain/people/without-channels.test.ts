import { describe, expect, it } from '@jest/globals';
import { snapshotOf } from '../../db/config/config-snapshot.js';
import { NO_LIVE_DATA } from '../config/live-data.js';
import type { ConfigDocument } from '../config/specs.js';
import { effectivePerson } from './effective-person.js';
import { withoutChannels } from './without-channels.js';

const ana: ConfigDocument<'Person'> = {
  kind: 'Person',
  name: 'ana',
  revision: 1,
  spec: {
    displayName: 'Ana',
    email: 'ana@example.com',
    timezone: 'UTC',
    role: 'responder',
    contacts: [
      { name: 'phone', channel: 'sms', address: '+491701234567' },
      { name: 'hook', channel: 'webhook', address: 'https://example.com/ana' },
    ],
    rules: { high: [{ after: '0s', contact: 'phone' }], low: [] },
  },
};
const missing = new Map([['sms', 'no TWILIO_ACCOUNT_SID or TELNYX_API_KEY configured']]);

describe('people without the contacts that cannot be sent by', () => {
  it('keep the others, and each that is left out is named with its reason', () => {
    const { snapshot, unsendable } = withoutChannels(snapshotOf(1, [ana]), missing);
    expect(effectivePerson(snapshot, 'ana')?.contacts.map(({ name }) => name)).toEqual(['hook']);
    expect(unsendable).toEqual([
      { person: 'ana', contact: 'phone', channel: 'sms', reason: missing.get('sms') },
    ]);
  });

  it('keep what they changed live', () => {
    const live = {
      contacts: [{ name: 'hook', channel: 'webhook', address: 'https://example.com/new' }],
      unusable: [],
      rules: { high: [{ after: '1m', contact: 'hook' }], low: [] },
      quietHours: null,
    };
    const before = snapshotOf(1, [ana], { ...NO_LIVE_DATA, people: new Map([['ana', live]]) });
    const person = effectivePerson(withoutChannels(before, missing).snapshot, 'ana');
    expect(person).toMatchObject({ contacts: live.contacts, rules: live.rules });
  });
});
