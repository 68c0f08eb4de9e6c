/** Expensive mails, as any holder of one reply address could send them. */
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, expect, it } from '@jest/globals';
import { MailReader } from './mail-reader.js';
import { parseMail } from './parse-mail.js';

const reader = new MailReader();
afterAll(() => reader.close());

const HEAD = 'From: Ana <ana@example.com>\r\nSubject: Re: [P1]\r\nMIME-Version: 1.0\r\n';

it.each([
  ['links', 'text/plain', 'ack\r\nhttp://a.bc/ '.repeat(2_000)],
  ['links in HTML', 'text/html', 'ack<br><a href="http://a.b">x</a>'.repeat(1_000)],
  // About 300 ms for 6 KiB: each level is wrapped again.
  ['quotations in quotations', 'text/html', `ack${'<blockquote>x'.repeat(450)}`],
])('a mail of %s is read while others are answered, as it would be here', async (_what, type, body) => {
  const raw = Buffer.from(`${HEAD}Content-Type: ${type}\r\n\r\n${body}`);
  let turns = 0;
  let isRead = false;
  const reading = reader.read(raw, 'a').finally(() => (isRead = true));
  while (!isRead) {
    await turn();
    turns += 1;
  }
  const there = await reading;
  expect(turns).toBeGreaterThan(100);
  const here = await parseMail(raw);
  expect(there.text).toBe(here.text);
  expect(there.text).toMatch(/^ack/);
  expect(there.from).toEqual(['ana@example.com']);
  expect([...there.headers]).toEqual([...here.headers]);
});
