/**
 * Pages by Slack and Telegram, on real processes: sent, answered by buttons and words, updated in place, and refused
 * when unsigned.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Misbehaviour } from '../../integrations/shared/testing/fake-provider.js';
import {
  type FakeSlack,
  slackAccount,
  type SlackPosted,
  startFakeSlack,
} from '../../integrations/slack/fake.js';
import {
  type FakeTelegram,
  startFakeTelegram,
  telegramAccount,
  type TelegramPosted,
} from '../../integrations/telegram/fake.js';
import { eventually } from '../harness/eventually.js';
import { ownService } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
let slack: FakeSlack;
let telegram: FakeTelegram;

beforeAll(async () => {
  [slack, telegram] = await Promise.all([startFakeSlack(), startFakeTelegram()]);
  stack = await startTestStack({
    env: {
      SLACK_BOT_TOKEN: slackAccount.botToken,
      SLACK_SIGNING_SECRET: slackAccount.signingSecret,
      SLACK_APP_TOKEN: slackAccount.appToken,
      SLACK_API_URL: `${slack.url}/api/`,
      TELEGRAM_BOT_TOKEN: telegramAccount.botToken,
      TELEGRAM_API_URL: telegram.url,
    },
  });
  const connected = await stack.tocsin.call('POST', '/api/v1/channels/telegram/connect');
  if (connected.status !== 200) throw new Error(connected.text);
}, 90_000);
afterAll(async () => {
  await Promise.all([slack.close(), telegram.close()]);
  await stack.end();
});

const hook = (path: string): string => `${stack.tocsin.url}/hooks/slack/${path}`;
const statusOf = async (incident: string): Promise<string> => (await stack.incident(incident)).status;
const memberId = (name: string): string => `U${name.toUpperCase()}`;

/** Ben has the second step: an escalation reaches him. */
async function pageBy(
  channel: 'slack' | 'telegram',
  name: string,
  address: string,
  title = `Trouble – ${name}`,
): Promise<string> {
  await stack.apply(`---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ${name}}
spec:
  displayName: ${name[0]?.toUpperCase() ?? ''}${name.slice(1)}
  email: ${name}@example.com
  timezone: UTC
  role: responder
  contacts:
    - {name: chat, channel: ${channel}, address: "${address}"}
    - {name: spare, channel: webhook, address: "${stack.phones.receiver.url}/${name}/spare"}
  rules: {high: [{after: 0s, contact: chat}, {after: 10m, contact: spare}], low: []}
`);
  await stack.apply(
    ownService(
      `of-${name}`,
      `[{notify: [{person: ${name}}], wait: 1h}, {notify: [{person: cleo}], wait: 1h}]`,
    ),
  );
  const { number } = await stack.declare({ title, service: `of-${name}` });
  return number;
}

async function slackPage(
  name: string,
  title?: string,
): Promise<{ incident: string; message: SlackPosted; member: string }> {
  const member = memberId(name);
  const incident = await pageBy('slack', name, member, title);
  const message = await slack.posted(member, ({ text }) => text.includes(incident));
  await rowIn(incident, 'slack', 'accepted');
  return { incident, message, member };
}

async function telegramPage(
  name: string,
  chat: number,
): Promise<{ incident: string; message: TelegramPosted }> {
  const incident = await pageBy('telegram', name, String(chat));
  const message = await telegram.posted(chat, ({ text }) => text.includes(incident));
  await rowIn(incident, 'telegram', 'accepted');
  return { incident, message };
}

const rowIn = (incident: string, channel: string, state: string, type = 'page.requested') =>
  eventually(
    async () => {
      const rows = await stack.deliveries(incident);
      const row = rows.find((one) => one.channel === channel && one.type === type && one.state === state);
      return row ?? Promise.reject(new Error(JSON.stringify(rows)));
    },
    { what: `a ${type} row of ${incident} by ${channel} ${state}`, timeoutMs: 30_000 },
  );
const reads = (message: { edits: number }, what: string, text: () => string) =>
  eventually(async () => (text().includes(what) ? message : Promise.reject(new Error(text()))), {
    what: `a message that says "${what}"`,
    timeoutMs: 30_000,
  });
const blocksOf = (message: SlackPosted) => () => JSON.stringify(message.blocks);
const labels = (message: SlackPosted): string[] => message.buttons.map((button) => button.text.text);
const refusals = () =>
  stack.tocsin.sql(
    `SELECT provider, reason FROM provider_callback WHERE verdict IS NULL OR reason IS NOT NULL`,
  );

describe('a page by Slack', () => {
  it('is acknowledged by its button, and says so in place', async () => {
    const { incident, message, member } = await slackPage('ada');
    expect(labels(message)).toEqual(['Acknowledge', "Can't take it", 'Escalate', 'Respond']);
    const answer = await slack.press(hook('actions'), message, 'Acknowledge', member);
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(answer.ms).toBeLessThan(3_000);
    expect(await stack.incident(incident)).toMatchObject({ status: 'acknowledged', commander: 'ada' });
    await reads(message, 'Acknowledged by Ada', blocksOf(message));
    expect(labels(message)).toEqual(['Open']);
    await eventually(() => message.whispers.length > 0, { what: 'a word to who pressed' });
    expect(message.whispers).toEqual([expect.stringContaining(`${incident} is acknowledged by you`)]);
    await rowIn(incident, 'slack', 'accepted', 'page.updated');
    await rowIn(incident, 'slack', 'delivered');
    await rowIn(incident, 'webhook', 'suppressed');
    await stack.tell(incident, 'resolve');
    await reads(message, 'Resolved', blocksOf(message));
    // In place: Slack got one message.
    expect(slack.messages.filter((one) => one.channel === message.channel)).toHaveLength(1);
  });

  it('keeps its buttons while nobody has it, and gets them back', async () => {
    const { incident, message, member } = await slackPage('bea');
    await slack.press(hook('actions'), message, 'Escalate', member);
    await reads(message, 'Escalated to step 2', blocksOf(message));
    expect(labels(message)).toHaveLength(4);
    await stack.tell(incident, 'acknowledge', { person: 'cleo' });
    await reads(message, 'Acknowledged by Cleo', blocksOf(message));
    await stack.tell(incident, 'unacknowledge');
    await reads(message, 'needs to be acknowledged again', blocksOf(message));
    expect(labels(message)).toHaveLength(4);
    await slack.press(hook('actions'), message, 'Acknowledge', member);
    expect(await statusOf(incident)).toBe('acknowledged');
    await reads(message, 'Acknowledged by Bea', blocksOf(message));
  });

  it('cannot be answered without, with an old or with a forged signature: refused and recorded', async () => {
    const { incident, message, member } = await slackPage('cia');
    const press = (how: object) => slack.press(hook('actions'), message, 'Acknowledge', member, how);
    const before = await refusals();
    expect((await press({ secret: 'not the secret' })).status).toBe(401);
    expect((await press({ offsetSeconds: -301 })).status).toBe(401);
    expect((await press({ offsetSeconds: 60 })).status).toBe(401);
    expect((await press({ tamper: (body: string) => body.replace('acknowledge', 'escalate') })).status).toBe(
      401,
    );
    expect((await fetch(hook('actions'), { method: 'POST', body: 'payload={}' })).status).toBe(401);
    // Slack's certificate check is the one request that it does not sign, and it has no effect.
    const look = { method: 'POST', body: 'ssl_check=1&token=x&command=%2Ftocsin&text=ack' };
    expect((await fetch(hook('commands'), look)).status).toBe(200);
    expect(await statusOf(incident)).toBe('triggered');
    expect((await refusals()).length).toBeGreaterThan(before.length);
  });

  it('of an unknown sender is not answered, and is on record', async () => {
    const { incident, message, member } = await slackPage('dia');
    expect(await slack.press(hook('actions'), message, 'Acknowledge', 'UNOBODY')).toMatchObject({
      status: 200,
      text: '',
    });
    expect(await slack.command(hook('commands'), 'list', 'UNOBODY')).toMatchObject({ status: 200, text: '' });
    expect(await statusOf(incident)).toBe('triggered');
    // A known member presses afterwards: any answers to the unknown senders would have come before.
    await slack.press(hook('actions'), message, 'Acknowledge', member);
    await eventually(() => message.whispers.length > 0, { what: 'a word to who pressed' });
    expect(message.whispers).toEqual([expect.stringContaining(`${incident} is acknowledged by you`)]);
    // The message itself is updated too, before the next test scripts Slack's misbehaviour.
    await rowIn(incident, 'slack', 'accepted', 'page.updated');
    const rows = await stack.tocsin.sql(
      `SELECT outcome FROM inbound_reply WHERE channel = 'slack' AND person IS NULL`,
    );
    expect(rows).toEqual([{ outcome: 'unknown_sender' }, { outcome: 'unknown_sender' }]);
  });

  it('goes on to the next contact at once when Slack says no with 200', async () => {
    slack.script({ status: 200, body: { ok: false, error: 'channel_not_found' } });
    const incident = await pageBy('slack', 'eda', memberId('eda'));
    const page = await stack.phones.of('eda').expectsPage(incident);
    expect(page.delivery.path).toBe('/eda/spare');
    const row = await rowIn(incident, 'slack', 'exhausted');
    expect(row.attempts).toMatchObject([{ outcome: 'failed', error: 'Slack says channel_not_found' }]);
  });

  it('waits as long as Slack asks for', async () => {
    slack.script({ status: 429, headers: { 'retry-after': '4' } });
    const incident = await pageBy('slack', 'fay', memberId('fay'));
    const row = await rowIn(incident, 'slack', 'accepted');
    const [first, second] = row.attempts.map(({ at }) => Date.parse(at));
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(4_000);
  });

  it.each<[string, string, Misbehaviour]>([
    ['whose answer was lost', 'gus', 'drop'],
    ['that Slack has although its front gave up waiting', 'gwen', { status: 504, isTaken: true }],
  ])('%s is looked up, not sent again', async (_what, name, misbehaviour) => {
    slack.script(misbehaviour);
    const incident = await pageBy('slack', name, memberId(name));
    const row = await rowIn(incident, 'slack', 'accepted');
    expect(row.attempts.map(({ outcome }) => outcome)).toEqual(['ambiguous', 'accepted']);
    expect(slack.messages.filter(({ text }) => text.includes(incident))).toHaveLength(1);
  });

  it('whose answer was lost says in place who has it all the same', async () => {
    slack.script('drop');
    const incident = await pageBy('slack', 'gia', memberId('gia'));
    const message = await slack.posted(memberId('gia'), ({ text }) => text.includes(incident));
    await stack.tell(incident, 'acknowledge', { person: 'gia' });
    await reads(message, 'Acknowledged by Gia', blocksOf(message));
    expect(labels(message)).toEqual(['Open']);
    expect(slack.messages.filter(({ text }) => text.includes(incident))).toHaveLength(1);
  });

  it('escalates nothing when it cannot be changed', async () => {
    const { incident } = await slackPage('gil');
    slack.script({ status: 200, body: { ok: false, error: 'cant_update_message' } });
    await stack.tell(incident, 'acknowledge', { person: 'gil' });
    await rowIn(incident, 'slack', 'exhausted', 'page.updated');
    expect(await statusOf(incident)).toBe('acknowledged');
    expect(await stack.kinds(incident)).not.toContain('escalated');
  });
});

describe('words in Slack', () => {
  it('show the title of an alert as it was written, never as a link or a mention', async () => {
    const { message, member } = await slackPage('ike', 'Disk <https://evil.example|INC-1> & <!channel>');
    const shown = 'Disk &lt;https://evil.example|INC-1&gt; &amp; &lt;!channel&gt;';
    expect((await slack.command(hook('commands'), 'list', member)).text).toContain(shown);
    await slack.press(hook('actions'), message, 'Acknowledge', member);
    await reads(message, 'Acknowledged by Ike', blocksOf(message));
    expect(message.whispers).toEqual([expect.stringContaining(`by you: ${shown}`)]);
    await slack.write(hook('events'), 'list', member);
    const written = await slack.posted(member, ({ text }) => text.includes(': acknowledged'));
    expect(written.text).toContain(shown);
    for (const { text, whispers } of slack.messages)
      expect([text, ...whispers].join()).not.toMatch(/<https:\/\/evil|<!channel/);
  });

  it('answer the slash command, for the member only', async () => {
    const { incident, member } = await slackPage('hal');
    const ask = async (text: string) => {
      const { status, text: body } = await slack.command(hook('commands'), text, member);
      expect(status).toBe(200);
      return JSON.parse(body) as { response_type: string; text: string };
    };
    expect(await ask('list')).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringContaining(incident),
    });
    expect((await ask('who checkout')).text).toContain('Checkout / checkout-primary: Ana');
    expect((await ask('who nobody')).text).toContain('There is no team nobody');
    expect((await ask('help')).text).toContain('`who`');
    expect((await ask('dance')).text).toContain('Not understood');
    expect((await ask(`ack ${incident}`)).text).toContain(`${incident} is acknowledged by you`);
    expect(await statusOf(incident)).toBe('acknowledged');
  });

  it('to the bot answer a page, once however often Slack tells them', async () => {
    const { incident, member } = await slackPage('ida');
    const write = (retry?: number) =>
      slack.write(hook('events'), 'ack', member, {
        eventId: 'Ev-ida',
        ...(retry === undefined ? {} : { retry }),
      });
    expect(await write()).toMatchObject({ status: 200 });
    expect(await statusOf(incident)).toBe('acknowledged');
    await slack.posted('UIDA', ({ text }) => text.includes('is acknowledged by you'));
    expect(await write(1)).toMatchObject({ status: 200 });
    // A later message has its answer: one to the repeated message would have come before.
    await slack.write(hook('events'), 'dance', member, { eventId: 'Ev-ida-later' });
    await slack.posted('UIDA', ({ text }) => text.includes('Not understood'));
    const answers = slack.messages.filter(
      ({ text, channel }) => channel === 'DIDA' && text.includes('by you'),
    );
    expect(answers).toHaveLength(1);
    const kinds = await stack.kinds(incident);
    expect(kinds.filter((kind) => kind === 'acknowledged')).toHaveLength(1);
  });

  it('and the check of the address is echoed', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: '3eZbrw1a', token: 'x' });
    const answer = await slack.post(hook('events'), body, 'application/json');
    expect(answer).toMatchObject({ status: 200, text: '{"challenge":"3eZbrw1a"}' });
    expect((await slack.post(hook('events'), body, 'application/json', { secret: 'x' })).status).toBe(401);
  });
});

describe('Socket Mode', () => {
  it('acknowledges a page once although Slack sends the press again, and comes back after a cut line', async () => {
    const { incident, message, member } = await slackPage('lea');
    const { socket } = slack;
    // The first acknowledgement is lost with its connection: Slack sends the press again over the next one.
    socket.loseAcknowledgements(1);
    const pressed = socket.press(message, 'Acknowledge', member);
    await socket.next(({ from }) => from === 'app');
    expect(await stack.incident(incident)).toMatchObject({ status: 'acknowledged', commander: 'lea' });
    socket.drop();
    const { id } = await pressed;
    const again = await socket.redeliver(id);
    expect(again.payload).toBeNull();
    expect(again.ms).toBeLessThan(3_000);
    const kinds = await stack.kinds(incident);
    expect(kinds.filter((kind) => kind === 'acknowledged')).toHaveLength(1);
    await reads(message, 'Acknowledged by Lea', blocksOf(message));
    expect(message.whispers).toEqual([expect.stringContaining(`${incident} is acknowledged by you`)]);
    const rows = await stack.tocsin.sql(
      `SELECT outcome FROM inbound_reply WHERE channel = 'slack' AND person = 'lea'`,
    );
    expect(rows).toEqual([{ outcome: 'done' }]);

    expect((await socket.command('list', member)).payload).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringContaining(incident),
    });
    expect((await socket.command('list', 'UNOBODY')).payload).toBeNull();
    const written = await socket.write(`resolve ${incident}`, member);
    expect(written.payload).toBeNull();
    expect(await statusOf(incident)).toBe('resolved');
    await slack.posted(member, ({ text }) => text.includes('is resolved'));
    expect((await stack.tocsin.call('GET', '/metrics')).text).toContain('tocsin_slack_socket 1');
  });

  it('takes a press that comes by HTTP as well as one, and puts garbage on record', async () => {
    const { incident, message, member } = await slackPage('mia');
    const { socket } = slack;
    const { id } = await socket.press(message, 'Escalate', member);
    const sent = socket.frames.find(({ from, text }) => from === 'slack' && text.includes(id));
    const { payload } = JSON.parse(sent?.text ?? '') as { payload: object };
    const form = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const posted = await slack.post(hook('actions'), form, 'application/x-www-form-urlencoded');
    expect(posted.status).toBe(200);
    const kinds = await stack.kinds(incident);
    expect(kinds.filter((kind) => kind === 'escalated')).toHaveLength(1);

    const before = await refusals();
    socket.say('{"type":"interactive"');
    expect((await socket.envelope('interactive', 'ack')).payload).toBeNull();
    const after = await eventually(
      async () => (await refusals()).slice(before.length).length === 2 && refusals(),
      { what: 'two refusals on record' },
    );
    expect(after).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ provider: 'slack', reason: 'not a frame of Slack' }),
        expect.objectContaining({ provider: 'slack', reason: 'not an interaction of Slack' }),
      ]),
    );
    expect((await socket.command('help', member)).payload).toMatchObject({ response_type: 'ephemeral' });
  });
});

describe('a page by Telegram', () => {
  it('is acknowledged by its button, and says so in place', async () => {
    const { incident, message } = await telegramPage('jan', 501);
    expect(telegram.webhook()).toMatchObject({
      url: `${stack.tocsin.url}/hooks/telegram`,
      secret: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    });
    const answer = await telegram.press(message, 'Acknowledge');
    expect(answer).toMatchObject({
      status: 200,
      call: {
        method: 'answerCallbackQuery',
        text: expect.stringContaining(`${incident} is acknowledged by you`),
      },
    });
    expect(await statusOf(incident)).toBe('acknowledged');
    await reads(message, 'Acknowledged by Jan', () => message.text);
    expect(message.buttons).toEqual([]);
  });

  it('is answered in words, and by nobody without the secret', async () => {
    const { incident, message } = await telegramPage('kit', 502);
    expect((await telegram.press(message, 'Acknowledge', { secret: null })).status).toBe(401);
    expect((await telegram.press(message, 'Acknowledge', { secret: 'x' })).status).toBe(401);
    expect(await telegram.press(message, 'Acknowledge', { by: 666 })).toEqual({ status: 200, call: null });
    expect(await statusOf(incident)).toBe('triggered');
    const said = await telegram.write(502, `/ack ${incident}`, { updateId: 7_000 });
    expect(said.call).toMatchObject({ method: 'sendMessage', chat_id: '502' });
    expect(await statusOf(incident)).toBe('acknowledged');
    await telegram.write(502, `/ack ${incident}`, { updateId: 7_000 });
    const kinds = await stack.kinds(incident);
    expect(kinds.filter((kind) => kind === 'acknowledged')).toHaveLength(1);
  });

  it('is set up by a person who asks the bot for the number of the chat', async () => {
    const { call } = await telegram.write(888, '/start');
    expect(call).toMatchObject({
      chat_id: '888',
      text: expect.stringContaining('The id of this chat is 888'),
    });
    expect((await telegram.write(888, 'list')).call).toBeNull();
    // The sender is unknown, so the message is stored like those of all unknown senders; Telegram may post it twice.
    await telegram.write(889, '/start', { updateId: 8_000 });
    await telegram.write(889, '/start', { updateId: 8_000 });
    expect(
      await stack.tocsin.sql(
        `SELECT outcome, person, body FROM inbound_reply WHERE channel = 'telegram' AND message_id = 'update/8000'`,
      ),
    ).toEqual([{ outcome: 'unknown_sender', person: null, body: 'start' }]);
  });

  it('tells a person whom it knows the number of the chat as well, which is nothing to record', async () => {
    await telegramPage('max', 503);
    const { call } = await telegram.write(503, '/start', { updateId: 8_001 });
    expect(call).toMatchObject({ chat_id: '503' });
    expect(await stack.tocsin.sql(`SELECT 1 FROM inbound_reply WHERE message_id = 'update/8001'`)).toEqual(
      [],
    );
  });
});
