import { describe, expect, it } from '@jest/globals';
import type { SendRequest } from '../../../ports/channel.js';
import type { MailboxPort } from '../../../ports/delivery.js';
import { pageMessage } from '../../shared/testing/messages.js';
import { createMailboxChannel } from './mailbox.js';

const message = pageMessage();
const request: SendRequest = {
  destination: { channel: 'mailbox', address: 'ana' },
  message,
  idempotencyKey: 'k1',
  timeoutMs: 1000,
};

describe('the mailbox channel', () => {
  it('puts the rendered message into the inbox of the person', async () => {
    const entries: Parameters<MailboxPort['put']>[0][] = [];
    const channel = createMailboxChannel({
      put: (entry) => {
        entries.push(entry);
        return Promise.resolve();
      },
    });
    expect(await channel.send(request)).toEqual({ kind: 'accepted', provider: 'mailbox', providerId: 'k1' });
    expect(entries).toEqual([
      {
        idempotencyKey: 'k1',
        person: 'ana',
        subject: '[P1] INC-42 Replica lag 900 s – checkout-db',
        text: expect.stringContaining('Respond: https://tocsin.example.com/l/abc'),
        link: 'https://tocsin.example.com/l/abc',
        message,
      },
    ]);
  });

  it('fails, to be tried again, when the inbox cannot be written', async () => {
    const channel = createMailboxChannel({ put: () => Promise.reject(new Error('connection refused')) });
    expect(await channel.send(request)).toEqual({
      kind: 'failed',
      provider: 'mailbox',
      error: 'the mailbox did not take it: connection refused',
      permanent: false,
    });
  });
});
