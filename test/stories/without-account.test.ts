/** goalert#3628: a channel without an account here sends no page, and the policy's own page says so. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cookieName } from '../../http/auth/cookies.js';
import { SetupService } from '../../services/access/setup.service.js';
import { organisation } from '../../api/testing/organisation.js';
import { type RunningApi, startApi } from '../../api/testing/start-api.js';

let api: RunningApi;
beforeAll(async () => {
  // Neither SMTP_URL nor TWILIO_… is set, so no message can be sent to bo's mail and phone.
  api = await startApi();
  await api.call('POST', '/api/v1/config/apply', organisation);
  const contacts =
    '[{name: mail, channel: email, address: bo@example.com}, {name: phone, channel: sms, address: "+4930123456"}]';
  const applied = await api.call(
    'POST',
    '/api/v1/config/apply',
    `apiVersion: tocsin/v1
kind: Person
metadata: {name: bo}
spec: {displayName: Bo Lind, email: bo@example.com, timezone: UTC, role: responder, contacts: ${contacts}}
---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ana}
spec: {displayName: Ana, email: ana@example.com, timezone: UTC, role: admin, contacts: [{name: box, channel: mailbox, address: ana}]}
`,
  );
  expect(applied.status).toBe(200);
});
afterAll(() => api.stop());

describe('a step whose people only have channels without an account', () => {
  it('is passed over in the simulation, and each such contact is named with the reason', async () => {
    const { json } = await api.call('POST', '/api/v1/policies/checkout/simulate', {
      at: '2026-03-01T03:00:00Z',
      priority: 'P1',
    });
    // Step 1 pages no one; step 2 and the catch-all page ana.
    expect(json['pages']).toMatchObject([
      { person: 'ana', step: 2 },
      { person: 'ana', step: 3 },
    ]);
    expect(json['unsendable']).toEqual([
      { person: 'bo', contact: 'mail', channel: 'email', reason: expect.stringContaining('SMTP_URL') },
      { person: 'bo', contact: 'phone', channel: 'sms', reason: expect.stringMatching(/TWILIO|TELNYX/) },
    ]);
  });

  it('is shown so on the policy page', async () => {
    const link = String((await api.call('POST', '/api/v1/sign-in-links', { person: 'ana' })).json['url']);
    const { session } = await api.app.get(SetupService).redeem(link.split('/setup/')[1] ?? '', null);
    const page = await fetch(
      `${api.url}/policies/checkout?at=2026-03-01+03%3A00&priority=P1&service=checkout-db&show=simulation`,
      { headers: { cookie: `${cookieName({ publicUrl: api.url })}=${session}` } },
    );
    const text = (await page.text()).replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');
    expect(page.status).toBe(200);
    expect(text).toContain('Contacts that nothing is sent to: their channel has no account here');
    expect(text).toMatch(/Bo Lind: mail \(email\), .*SMTP_URL/);
    expect(text).toMatch(/Bo Lind: phone \(sms\), /);
  });
});
