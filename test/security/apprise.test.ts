/** Apprise opens its URLs from inside the network: only these may be handed to it (docs/security.md S4). */
import { describe, expect, it } from '@jest/globals';
import type { EgressPort, EgressRequest } from '../../ports/egress.js';
import { createAppriseChannel } from '../../integrations/apprise/send/apprise.js';
import { pageMessage } from '../../integrations/shared/testing/messages.js';
import { ContactBody } from '../../contracts/api/people.js';
import { contact } from '../../contracts/config/person.js';

const refusedSchemes = [
  'json://169.254.169.254/latest/meta-data',
  'jsons://10.0.0.5:8443/admin',
  'xml://localhost/',
  'form://127.0.0.1/',
  'file:///etc/passwd',
  'syslog://localhost',
  'dbus://',
  'mailto://user:pass@10.0.0.1',
  'http://10.0.0.5/',
  'JSON://10.0.0.5/',
  'slack://a/b/c,json://10.0.0.5',
  'slack://a/b/c json://10.0.0.5',
  'slack://a/b/c?x=json://10.0.0.5',
];

const apprise = (address: string) => ({ name: 'own', channel: 'apprise', address });

describe('H4: a contact of the channel apprise', () => {
  it.each([...refusedSchemes, 'tgram://token/1', 'mmost://mattermost.example.com/token'])(
    'that people add themselves is a key, not %s',
    (address) => expect(ContactBody.safeParse(apprise(address)).success).toBe(false),
  );

  it('that people add themselves is a key', () => {
    expect(ContactBody.safeParse(apprise('ana-phone')).success).toBe(true);
  });

  it.each(refusedSchemes)('%s is refused in a document too', (address) =>
    expect(contact.safeParse(apprise(address)).success).toBe(false),
  );

  it.each(['tgram://token/1', 'mmosts://mattermost.example.com/token', 'ntfy://topic'])(
    '%s may stand in a document, which admins write',
    (address) => expect(contact.safeParse(apprise(address)).success).toBe(true),
  );
});

describe('H4: what is handed to Apprise', () => {
  async function send(address: string) {
    const sent: EgressRequest[] = [];
    const resolved: string[] = [];
    const egress: EgressPort = {
      request: async (request) => {
        sent.push(request);
        return { kind: 'answered', status: 200, headers: {}, body: '{}', truncated: false, ms: 1 };
      },
      resolve: async (host) => {
        resolved.push(host);
        return host.startsWith('10.') || host === 'intern'
          ? { kind: 'refused', reason: `${host} is a private address` }
          : { kind: 'allowed', address: '203.0.113.1', family: 4 };
      },
    };
    const url = 'http://apprise.internal:8000';
    const channel = createAppriseChannel({ url, egress, contactEgress: egress });
    const outcome = await channel.send({
      destination: { channel: 'apprise', address },
      message: pageMessage(),
      idempotencyKey: 'k',
      timeoutMs: 1000,
    });
    return { outcome, sent, resolved };
  }

  it.each([
    'mmost://10.0.0.5/token',
    'gotify://u:p@intern:8080/token',
    'ntfys://intern/topic',
    ...refusedSchemes,
  ])('%s is not', async (address) => {
    const { outcome, sent } = await send(address);
    expect(outcome).toMatchObject({ kind: 'failed', permanent: true });
    expect(sent).toEqual([]);
  });

  it('a server is looked up under the egress rules, a token is not', async () => {
    expect(await send('mmosts://u@mm.example.com:8443/token')).toMatchObject({
      outcome: { kind: 'accepted' },
      resolved: ['mm.example.com'],
    });
    expect(await send('tgram://token/1')).toMatchObject({ outcome: { kind: 'accepted' }, resolved: [] });
    expect(await send('ana-phone')).toMatchObject({ outcome: { kind: 'accepted' }, resolved: [] });
  });
});
