/** Slack, Telegram, Discord and Teams against fakes over real HTTP: sent messages, updates, and every error response. */
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Channel, SendOutcome } from '../../../ports/channel.js';
import type { OutgoingMessage, PageStatus } from '../../../domain/delivery/message.js';
import { createEgress } from '../../../egress/egress.js';
import { createDiscordChannel } from '../../discord/send/discord.js';
import { startFakeDiscord } from '../../discord/fake.js';
import type { FakeProvider, Misbehaviour } from '../testing/fake-provider.js';
import { slackAccount, startFakeSlack } from '../../slack/fake.js';
import { createSlackChannel } from '../../slack/send/slack.js';
import { startFakeTeams } from '../../teams/fake.js';
import { createTeamsChannel } from '../../teams/send/teams.js';
import { startFakeTelegram, telegramAccount } from '../../telegram/fake.js';
import { createTelegramChannel } from '../../telegram/send/telegram.js';
import { approvalMessage, noticeMessage, pageMessage, reviewMessage } from '../testing/messages.js';

const KEY = 'ab12'.repeat(16);
const LINK = 'https://tocsin.example.com/l/abc';
const answered: PageStatus = { text: 'Acknowledged by Bo Lind, 22:12 UTC.', isOpen: false };
const open: { close(): unknown }[] = [];
afterEach(() => Promise.all(open.splice(0).map((each) => each.close())));
const opened = <T extends { close(): unknown }>(one: T): T => {
  open.push(one);
  return one;
};
const newEgress = () => opened(createEgress({ allow: ['127.0.0.0/8'] }));

interface World<P extends FakeProvider> {
  provider: P;
  channel: Channel;
  send: (
    message?: OutgoingMessage,
    changes?: { address?: string; timeoutMs?: number; stillWanted?: () => Promise<boolean> },
  ) => Promise<SendOutcome>;
  update: (providerId: string, status?: PageStatus) => Promise<SendOutcome | undefined>;
}

function fixtureOf<P extends FakeProvider>(provider: P, channel: Channel, address: string): World<P> {
  const request = { destination: { channel: channel.name, address }, idempotencyKey: KEY, timeoutMs: 5_000 };
  return {
    provider,
    channel,
    send: (message = pageMessage(), { address: to = address, ...changes } = {}) =>
      channel.send({ ...request, destination: { channel: channel.name, address: to }, message, ...changes }),
    update: async (providerId, status = answered) =>
      channel.update?.({ ...request, message: pageMessage(), status, providerId }),
  };
}

async function slack({ withButtons = true } = {}) {
  const provider = opened(await startFakeSlack({ members: ['UANA', 'C0FFEE'] }));
  const { botToken } = slackAccount;
  const options = { egress: newEgress(), botToken, apiUrl: `${provider.url}/api`, withButtons };
  return fixtureOf(provider, createSlackChannel(options), 'UANA');
}
async function telegram() {
  const provider = opened(await startFakeTelegram({ blockedBy: [13] }));
  const options = { egress: newEgress(), ...telegramAccount, apiUrl: provider.url };
  return fixtureOf(provider, createTelegramChannel(options), '77');
}
async function discord() {
  const provider = opened(await startFakeDiscord());
  return fixtureOf(provider, createDiscordChannel({ egress: newEgress() }), provider.webhook);
}
async function teams() {
  const provider = opened(await startFakeTeams());
  return fixtureOf(provider, createTeamsChannel({ egress: newEgress() }), provider.workflow);
}

const fixtures: [string, () => Promise<World<FakeProvider>>][] = [
  ['slack', slack],
  ['telegram', telegram],
  ['discord', discord],
  ['teams', teams],
];

describe.each(fixtures)('%s', (name, start) => {
  it.each<[string, Misbehaviour, object]>([
    ['500', { status: 500, body: 'oops' }, { kind: 'failed', permanent: false }],
    [
      '429',
      { status: 429, headers: { 'retry-after': '7' } },
      { kind: 'failed', permanent: false, retryAfterMs: 7_000 },
    ],
    [
      '503 until a date',
      { status: 503, headers: { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() } },
      { kind: 'failed', permanent: false, retryAfterMs: 300_000 },
    ],
    ['a dropped line', 'drop', { kind: 'ambiguous' }],
    ['a front that gave up waiting', { status: 504, body: '{"ok":false}' }, { kind: 'ambiguous' }],
    ['a revoked address', { status: 404, body: '{}' }, { kind: 'failed', permanent: true }],
  ])('%s is no delivery', async (_what, misbehaviour, expected) => {
    const { provider, send } = await start();
    provider.script(misbehaviour);
    expect(await send()).toMatchObject({ provider: name, ...expected });
  });

  it('does not know what became of a message that nobody answers for', async () => {
    const { provider, send } = await start();
    provider.script('hang');
    expect(await send(pageMessage(), { timeoutMs: 1_000 })).toMatchObject({ kind: 'ambiguous' });
  });

  it('cannot reach a provider that is gone, and says so without its credentials', async () => {
    const { provider, send } = await start();
    await provider.close();
    const outcome = await send();
    expect(outcome).toMatchObject({ kind: 'failed', permanent: false });
    expect(JSON.stringify(outcome)).not.toMatch(/token-for-tests|xoxb-for-tests|secret/);
  });

  it.each([approvalMessage, reviewMessage, noticeMessage])(
    'carries $type with its link, and no button that acts',
    async (message) => {
      const { provider, send } = await start();
      expect(await send(message)).toMatchObject({ kind: 'accepted' });
      const body = decodeURIComponent(provider.requests[0]?.rawBody ?? '');
      expect(body).toContain(message.links.respond);
      expect(body).not.toContain('Acknowledge');
    },
  );

  it('says DRILL, and that it may be a repeat', async () => {
    const { provider, send } = await start();
    await send(pageMessage({ possibleDuplicate: true, incident: { drill: true } }));
    const body = decodeURIComponent((provider.requests[0]?.rawBody ?? '').replaceAll('+', ' '));
    expect(body).toContain('DRILL');
    expect(body).toContain('May be a repeat');
  });

  it('keeps within the limits with the longest of everything', async () => {
    const { provider, send } = await start();
    const long = '<&>*_`@everyone 🔥'.repeat(400);
    const outcome = await send(
      pageMessage({
        personName: long.slice(0, 200),
        incident: { title: long, service: long, priorityReasons: Array.from({ length: 20 }, () => long) },
        bridge: `https://meet.example.com/${'x'.repeat(3_000)}`,
        alsoPaged: Array.from({ length: 40 }, (_, n) => ({
          number: `INC-${n}`,
          title: long,
          priority: 'P2' as const,
          link: `https://tocsin.example.com/l/${'y'.repeat(32)}${n}`,
        })),
      }),
    );
    expect(outcome).toMatchObject({ kind: 'accepted' });
    expect(provider.requests).toHaveLength(1);
    expect(decodeURIComponent(provider.requests[0]?.rawBody ?? '')).toContain(LINK);
  });
});

describe.each<[string, () => Promise<World<FakeProvider>>]>([
  ['discord', discord],
  ['teams', teams],
])('%s, which draws Markdown,', (_name, start) => {
  it('draws no link that the text of an alert asks for', async () => {
    const { provider, send } = await start();
    const text = '[Acknowledge here](https://evil.example/l/abc)';
    const other = { number: 'INC-43', title: text, priority: 'P2' as const, link: `${LINK}43` };
    const incident = { title: text, service: text, priorityReasons: [text] };
    expect(await send(pageMessage({ incident, alsoPaged: [other] }))).toMatchObject({ kind: 'accepted' });
    const body = provider.requests[0]?.rawBody ?? '';
    expect(body).toContain('evil.example');
    expect(body).not.toContain('](https://evil');
  });
});

describe('slack', () => {
  it('pages a member with three buttons and a link, and keeps the message up to date', async () => {
    const { provider, send, update } = await slack();
    const outcome = await send();
    const [message] = provider.messages;
    expect(outcome).toEqual({ kind: 'accepted', provider: 'slack', providerId: `DANA:${message?.ts}` });
    expect(message?.buttons.map((button) => [button.text.text, button.value ?? button.url])).toEqual([
      ['Acknowledge', KEY],
      ["Can't take it", KEY],
      ['Escalate', KEY],
      ['Respond', LINK],
    ]);
    expect(message?.text).toContain('[P1] INC-42 Replica lag 900 s – checkout-db');
    const providerId = `DANA:${message?.ts}`;
    expect(await update(providerId)).toMatchObject({ kind: 'accepted', providerId });
    expect(message?.buttons.map((button) => button.text.text)).toEqual(['Open']);
    expect(JSON.stringify(message?.blocks)).toContain('*Acknowledged by Bo Lind, 22:12 UTC.*');
    await update(providerId, { text: 'Escalated to step 2, 22:14 UTC.', isOpen: true });
    expect(message?.buttons).toHaveLength(4);
    expect(await update('DANA:1.2')).toMatchObject({ kind: 'failed', permanent: true });
  });

  it.each(['channel_not_found', 'invalid_auth', 'is_archived'])(
    '200 with %s ends this address',
    async (error) => {
      const { provider, send } = await slack();
      provider.script({ status: 200, body: { ok: false, error } });
      expect(await send()).toMatchObject({ kind: 'failed', permanent: true, error: `Slack says ${error}` });
    },
  );

  it.each(['internal_error', 'fatal_error'])(
    '200 with %s leaves open whether it was posted',
    async (error) => {
      const { provider, send } = await slack();
      provider.script({ status: 200, body: { ok: false, error } });
      expect(await send()).toMatchObject({ kind: 'ambiguous', error: `Slack says ${error}` });
    },
  );

  it.each([{ ok: false, error: 'service_unavailable' }, '<html>sign in</html>'])(
    '200 with %j is tried again',
    async (body) => {
      const { provider, send } = await slack();
      provider.script({ status: 200, body });
      expect(await send()).toMatchObject({ kind: 'failed', permanent: false });
    },
  );

  it('sends the words alone when Slack will not draw the blocks', async () => {
    const { provider, send } = await slack();
    provider.script({ status: 200, body: { ok: false, error: 'invalid_blocks' } });
    expect(await send()).toMatchObject({ kind: 'accepted' });
    expect(provider.messages[0]).toMatchObject({ blocks: [], text: expect.stringContaining(LINK) });
  });

  it('sends no words either when somebody has answered meanwhile', async () => {
    const { provider, send } = await slack();
    provider.script({ status: 200, body: { ok: false, error: 'invalid_blocks' } });
    expect(await send(pageMessage(), { stillWanted: () => Promise.resolve(false) })).toMatchObject({
      kind: 'failed',
      permanent: false,
    });
    expect(provider.messages).toEqual([]);
  });

  it('is asked what became of a message whose answer was lost', async () => {
    const { provider, channel, send } = await slack();
    provider.script('drop');
    expect(await send()).toMatchObject({ kind: 'ambiguous' });
    const ask = (idempotencyKey: string) =>
      channel.lookUp?.({
        destination: { channel: 'slack', address: 'UANA' },
        message: pageMessage(),
        idempotencyKey,
        timeoutMs: 4_000,
      });
    expect(await ask(KEY)).toMatchObject({
      kind: 'accepted',
      providerId: `DANA:${provider.messages[0]?.ts}`,
    });
    expect(await ask('f'.repeat(64))).toBeNull();
  });

  it('has no buttons that nobody could believe', async () => {
    const { provider, send } = await slack({ withButtons: false });
    await send();
    expect(provider.messages[0]?.buttons.map((button) => button.text.text)).toEqual(['Respond']);
  });
});

describe('telegram', () => {
  it('pages a chat with buttons, and keeps the message up to date', async () => {
    const { provider, send, update } = await telegram();
    expect(await send()).toEqual({ kind: 'accepted', provider: 'telegram', providerId: '77/1' });
    const [message] = provider.messages;
    expect(message?.buttons.map(({ text, callback_data, url }) => [text, callback_data ?? url])).toEqual([
      ['Acknowledge', `a:${KEY.slice(0, 32)}`],
      ["Can't take it", `d:${KEY.slice(0, 32)}`],
      ['Escalate', `e:${KEY.slice(0, 32)}`],
      ['Respond', LINK],
    ]);
    expect(message?.silent).toBe(false);
    // A title is not rendered as markup.
    expect(provider.requests[0]?.rawBody).not.toContain('parse_mode');
    expect(await update('77/1')).toMatchObject({ kind: 'accepted', providerId: '77/1' });
    expect(message?.text).toContain('Acknowledged by Bo Lind, 22:12 UTC.');
    expect(message?.buttons.map((button) => button.text)).toEqual(['Open']);
    expect(await update('77/1')).toMatchObject({ kind: 'accepted' });
    expect(await update('77/9')).toMatchObject({ kind: 'failed', permanent: true });
  });

  it('gives up on a chat that blocked the bot, and waits as long as it is told', async () => {
    const { provider, send } = await telegram();
    expect(await send(pageMessage(), { address: '13' })).toMatchObject({
      kind: 'failed',
      permanent: true,
      error: '403: Forbidden: bot was blocked by the user',
    });
    const parameters = { retry_after: 35 };
    provider.script({
      status: 429,
      body: { ok: false, error_code: 429, description: 'Too Many Requests', parameters },
    });
    expect(await send()).toMatchObject({ kind: 'failed', permanent: false, retryAfterMs: 35_000 });
    provider.script({
      status: 503,
      headers: { 'retry-after': '12' },
      body: { ok: false, error_code: 503, description: 'Service Unavailable' },
    });
    expect(await send()).toMatchObject({ kind: 'failed', permanent: false, retryAfterMs: 12_000 });
  });

  it('is quiet where nobody is to be woken, and has no button to an address that Telegram refuses', async () => {
    const { provider, send } = await telegram();
    await send(noticeMessage);
    expect(provider.messages[0]?.silent).toBe(true);
    await send(
      pageMessage({ links: { respond: 'http://localhost:8080/l/abc', incident: 'http://localhost:8080' } }),
    );
    expect(provider.messages[1]?.text).toContain('Respond: http://localhost:8080/l/abc');
    expect(provider.messages[1]?.buttons.map((button) => button.text)).toHaveLength(3);
  });
});

describe('discord', () => {
  it('posts an embed that mentions nobody, and changes it in place', async () => {
    const { provider, send, update } = await discord();
    const outcome = await send(pageMessage({ incident: { title: '@everyone *down* <@1>' } }));
    expect(outcome).toEqual({ kind: 'accepted', provider: 'discord', providerId: '9000' });
    const [message] = provider.messages;
    expect(message).toMatchObject({
      allowed_mentions: { parse: [] },
      embeds: [{ url: LINK, color: 0xc0392b, title: expect.stringContaining('\\*down\\* \\<') }],
    });
    expect(message?.content).not.toContain('@everyone');
    expect(await update('9000')).toMatchObject({ kind: 'accepted' });
    expect(message).toMatchObject({
      edits: 1,
      embeds: [{ description: expect.stringContaining('Acknowledged by Bo Lind') }],
    });
    expect(await update('1')).toMatchObject({ kind: 'failed', permanent: true });
  });

  it('keeps the thread of its address, and waits as long as it is told', async () => {
    const { provider, send } = await discord();
    await send(pageMessage(), { address: `${provider.webhook}?thread_id=55` });
    expect(provider.requests[0]?.path).toBe('/api/webhooks/1234/secret-token?thread_id=55&wait=true');
    provider.script({
      status: 429,
      body: { message: 'You are being rate limited.', retry_after: 1.5, global: false },
    });
    expect(await send()).toMatchObject({ kind: 'failed', retryAfterMs: 1_500 });
  });
});

describe('teams', () => {
  it('posts a card whose button opens the link', async () => {
    const { provider, send } = await teams();
    expect(await send()).toMatchObject({ kind: 'accepted', providerId: null });
    expect(provider.cards[0]).toMatchObject({
      version: '1.4',
      actions: [{ type: 'Action.OpenUrl', title: 'Respond', url: LINK }],
    });
    expect(provider.cards[0]?.body[0]?.text).toContain('\\[P1\\] INC-42');
    expect(provider.cards[0]?.body.find((part) => part.type === 'FactSet')?.facts?.[0]).toMatchObject({
      title: 'Incident',
      value: 'INC-42, P1, triggered',
    });
  });

  it('does not believe a 200 that tells of a failure', async () => {
    const { provider, send } = await teams();
    provider.script({
      status: 200,
      body: 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429',
    });
    expect(await send()).toMatchObject({ kind: 'failed', permanent: false });
  });
});
