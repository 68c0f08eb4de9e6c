import { describe, expect, it } from '@jest/globals';
import type { LeasedContactMessage } from '../domain/delivery/contact-message.js';
import type { ContactMessage } from '../domain/delivery/message.js';
import { chatLines, chatText } from '../integrations/shared/send/chat-text.js';
import { contactMessage } from './send-contact-message.js';
import { renderHtml } from '../integrations/email/send/html.js';
import { linkHook, pushText } from '../integrations/shared/send/push-text.js';
import { renderLongText, renderShortText } from '../integrations/shared/send/render.js';
import { smsText } from '../integrations/phone/send/sms/text.js';
import { spokenText } from '../integrations/phone/send/voice/spoken.js';
import { webhookBody } from '../integrations/webhook/send/body.js';

const common = {
  id: 'i',
  lease: 'l',
  key: 'k',
  person: 'ana',
  personName: 'Ana Sorel',
  contact: 'own',
  channel: 'email',
  address: 'ana@home.example',
  secret: '',
  requestedBy: 'ana',
  attempt: 1,
  possibleDuplicate: false,
};

function messageOf(leased: LeasedContactMessage): ContactMessage {
  const message = contactMessage(leased, 'https://tocsin.example.com', '2026-11-22T22:10:00.000Z');
  if (message === null) throw new Error('no message');
  return message;
}

const texts = (message: ContactMessage): string[] => [
  renderShortText(message),
  renderLongText(message),
  renderHtml(message),
  smsText(message, ''),
  spokenText(message),
  Object.values(pushText(message)).join('\n'),
  [chatText(message).title, ...chatLines(chatText(message)), chatText(message).link.url].join('\n'),
  JSON.stringify(webhookBody(message)),
];

describe('on every channel', () => {
  it('a code is told, with nothing of an incident and no link that acts', () => {
    const message = messageOf({ ...common, kind: 'code', code: '042913' });
    for (const text of texts(message)) {
      expect(text).toMatch(/042913|0, 4, 2, 9, 1, 3/);
      expect(text).not.toMatch(/P5|INC-|closed|\/l\/|\/reach\//);
    }
    expect(linkHook(message)).toBeNull();
  });

  it('a test page says TEST, and that nothing is broken', () => {
    const message = messageOf({ ...common, kind: 'test', link: 'token' });
    for (const text of texts(message)) {
      expect(text).toMatch(/TEST|contact\.test/);
      expect(text).not.toMatch(/P5|INC-|closed/);
    }
    expect(renderLongText(message)).toContain('I have it: https://tocsin.example.com/reach/token');
  });

  it('a code that can no longer be opened is not sent', () =>
    expect(contactMessage({ ...common, kind: 'code', code: null }, 'https://t.example', '')).toBeNull());
});
