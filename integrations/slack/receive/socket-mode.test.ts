/** Socket Mode against a fake Slack over real HTTP and WebSockets: it stays connected, and handles each envelope once. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type FakeSlack, slackAccount, startFakeSlack } from '../fake.js';
import { createLogger } from '../../../shared/logger.js';
import { createEgress, type EgressOptions } from '../../../egress/egress.js';
import { eventually } from '../../../test/harness/eventually.js';
import type { SlackAnswer, SlackAnswers } from './answers.js';
import { SlackSocket } from './socket-mode.js';
import { type SocketTimings, socketTimings, waitBefore } from './socket-timings.js';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const quick: SocketTimings = {
  openMs: 2_000,
  pingMs: 200,
  silentMs: 2_000,
  stableMs: 60_000,
  firstWaitMs: 20,
  longestWaitMs: 60,
  finishMs: 3_000,
};

interface Handled {
  what: keyof SlackAnswers;
  payload: unknown;
}

interface Connection {
  slack: FakeSlack;
  handled: Handled[];
  refused: string[];
  states: boolean[];
  /** A second client, as in another replica. */
  readonly client: (options?: Partial<EgressOptions>) => SlackSocket;
}

async function connection(
  answer: (handled: Handled) => Promise<SlackAnswer> = () => Promise.resolve({ told: null }),
): Promise<Connection> {
  const slack = await startFakeSlack();
  open.push(() => slack.close());
  const handled: Handled[] = [];
  const refused: string[] = [];
  const states: boolean[] = [];
  const take = (what: keyof SlackAnswers) => (payload: unknown) => {
    handled.push({ what, payload });
    return answer({ what, payload });
  };
  const answers = { action: take('action'), command: take('command'), event: take('event') };
  const refuse = (provider: string, reason: string, text: string): Promise<void> => {
    refused.push(`${provider}: ${reason}: ${text}`);
    return Promise.resolve();
  };
  return {
    slack,
    handled,
    refused,
    states,
    client(options = {}) {
      const egress = createEgress({ allow: ['127.0.0.0/8'], ...options });
      open.push(() => egress.close());
      const socket = new SlackSocket({
        egress,
        logger: createLogger({ logLevel: 'silent' }, 'test'),
        account: { apiUrl: `${slack.url}/api`, appToken: slackAccount.appToken },
        answers,
        callbacks: { refuse },
        onState: (isOpen) => states.push(isOpen),
        timings: quick,
      });
      open.push(() => socket.stop());
      socket.start();
      return socket;
    },
  };
}

async function connected(answer?: (handled: Handled) => Promise<SlackAnswer>) {
  const { client, ...rest } = await connection(answer);
  const socket = client();
  await rest.slack.socket.connected();
  return { ...rest, client, socket };
}

const asked = ({ slack }: Pick<Connection, 'slack'>): Date[] =>
  slack.requests.filter(({ path }) => path === '/api/apps.connections.open').map(({ at }) => at);

describe("Slack's socket", () => {
  it('handles presses, commands and events, and acknowledges each with its answer', async () => {
    const { slack, handled, states } = await connected(({ what }) =>
      Promise.resolve({ told: what === 'action' ? null : { text: `from ${what}` } }),
    );
    expect((await slack.socket.envelope('interactive', { type: 'block_actions' })).payload).toBeNull();
    expect((await slack.socket.command('list', 'UANA')).payload).toEqual({ text: 'from command' });
    // An event carries no response payload.
    expect((await slack.socket.write('ack', 'UANA')).payload).toBeNull();
    expect((await slack.socket.envelope('canvas_opened', {})).payload).toBeNull();
    expect(handled.map(({ what }) => what)).toEqual(['action', 'command', 'event']);
    expect(handled[1]?.payload).toMatchObject({ command: '/tocsin', text: 'list', user_id: 'UANA' });
    expect(states).toEqual([false, true]);
  });

  it('handles an envelope once, also when it is repeated before it is answered', async () => {
    let finish: (answer: SlackAnswer) => void = () => undefined;
    const { slack, handled } = await connected(() => new Promise((resolve) => (finish = resolve)));
    const first = slack.socket.envelope('slash_commands', { text: 'ack' }, { id: 'E1' });
    await eventually(async () => handled.length > 0, { what: 'the command' });
    const again = slack.socket.redeliver('E1');
    await slack.socket.next(({ from, text }) => from === 'slack' && text.includes('E1'));
    finish({ told: { text: 'done' } });
    expect((await again).payload).toEqual({ text: 'done' });
    expect((await slack.socket.redeliver('E1')).payload).toEqual({ text: 'done' });
    expect(handled).toHaveLength(1);
    await first;
  });

  it('does not acknowledge an envelope that could not be recorded: Slack repeats it, and it is recorded', async () => {
    let attempts = 0;
    const { slack, handled } = await connected(() => {
      attempts += 1;
      return attempts === 1 ? Promise.reject(new Error('no database')) : Promise.resolve({ told: null });
    });
    const acknowledged = slack.socket.envelope('interactive', {}, { id: 'E1' });
    await eventually(async () => attempts === 1, { what: 'the first attempt' });
    slack.socket.drop();
    await acknowledged;
    expect(handled).toHaveLength(2);
    expect(slack.socket.frames.filter(({ from }) => from === 'app')).toHaveLength(1);
  });

  it('records an unreadable frame, ignores it and goes on', async () => {
    const { slack, refused } = await connected();
    const garbage = ['', 'x', '[]', 'null', '{"type":5}', '{"type":"interactive"}', '{"envelope_id":"E"}'];
    for (const text of [...garbage, Buffer.from([0xff, 0x00, 0xc0])]) slack.socket.say(text);
    await slack.socket.command('list', 'UANA');
    expect(refused).toHaveLength(garbage.length + 1);
    expect(refused[1]).toBe('slack: not a frame of Slack: x');
    expect(slack.socket.open).toEqual([1]);
  });

  it('acknowledges and records an envelope with an unknown payload', async () => {
    const { slack, refused } = await connected(() => Promise.resolve({ refused: 'not an event of Slack' }));
    expect((await slack.socket.envelope('events_api', [1])).payload).toBeNull();
    await slack.socket.envelope('events_api', undefined);
    expect(refused).toEqual(['slack: not an event of Slack: [1]', 'slack: not an event of Slack: ']);
  });

  it.each(['warning', 'refresh_requested', 'link_disabled'])(
    'opens the next connection before it ends the old one (%s)',
    async (reason) => {
      const { slack, states } = await connected();
      slack.socket.disconnect(reason);
      expect(await slack.socket.connected()).toBe(2);
      await slack.socket.next(({ from, text }) => from === 'line' && text === 'closed 1000');
      const line = slack.socket.frames.filter(({ from }) => from === 'line').map((one) => one.text);
      expect(line).toEqual(['open', 'open', 'closed 1000']);
      expect(states[0]).toBe(false);
      expect(states.slice(1)).not.toContain(false);
      expect((await slack.socket.command('list', 'UANA')).payload).toBeNull();
    },
  );

  it('reconnects after a cut connection, and then handles what was sent before', async () => {
    const { slack, states, handled } = await connected();
    slack.socket.loseAcknowledgements(1);
    const lost = slack.socket.command('ack', 'UANA');
    await slack.socket.next(({ from }) => from === 'app');
    slack.socket.drop();
    expect((await lost).payload).toBeNull();
    expect(handled).toHaveLength(1);
    expect(states).toEqual([false, true, false, true]);
  });

  it('detects a connection without frames', async () => {
    const { slack, client } = await connection();
    slack.socket.script('deaf');
    client();
    expect(await slack.socket.connected()).toBe(1);
    expect(await slack.socket.connected()).toBe(2);
    await slack.socket.command('list', 'UANA');
  });

  it('stays connected when only pongs arrive', async () => {
    const { slack } = await connected();
    const startedAt = performance.now();
    await eventually(async () => performance.now() - startedAt > 2 * quick.silentMs, { what: 'silence' });
    expect(slack.socket.open).toEqual([1]);
  });

  it('retries until Slack accepts', async () => {
    const { slack, client } = await connection();
    slack.script(
      { status: 503 },
      { status: 200, body: { ok: false, error: 'internal_error' } },
      { status: 200, body: '<html>sign in</html>' },
      { status: 200, body: { ok: true, url: 'https://example.com/' } },
      'drop',
    );
    slack.socket.script('refuse', 'no hello', 'too many');
    client();
    await slack.socket.connected();
    expect(asked({ slack })).toHaveLength(9);
    await slack.socket.command('list', 'UANA');
  });

  it('waits as long as Slack asks for', async () => {
    const { slack, client } = await connection();
    slack.script({ status: 429, headers: { 'retry-after': '1' } });
    client();
    await slack.socket.connected();
    const [first, second] = asked({ slack }).map((at) => at.getTime());
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('is one of several, each with its own envelopes', async () => {
    const { slack, client, handled } = await connection();
    client();
    await slack.socket.connected();
    client();
    await slack.socket.connected();
    await slack.socket.envelope('interactive', { n: 1 }, { on: 1 });
    await slack.socket.envelope('interactive', { n: 2 }, { on: 2 });
    expect(handled.map(({ payload }) => payload)).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('connects to the address that was checked, and to no other', async () => {
    const { slack, client } = await connection();
    const ticket = slack.socket.ticket();
    const named = ticket.replace('127.0.0.1', 'wss-primary.test');
    const inside = ticket.replace('127.0.0.1', '127.0.0.2');
    slack.script(
      { status: 200, body: { ok: true, url: inside } },
      { status: 200, body: { ok: true, url: named } },
    );
    let lookups = 0;
    client({
      allow: ['127.0.0.1/32'],
      lookup: () => {
        lookups += 1;
        return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      },
    });
    await slack.socket.connected();
    // The ticket is valid for one connection: the first address was never reached.
    expect(slack.socket.frames.filter(({ from }) => from === 'line')).toHaveLength(1);
    // No other resolver knows the name; a third attempt would have gone to the plain address.
    expect(asked({ slack })).toHaveLength(2);
    expect(lookups).toBe(1);
  });

  it('finishes what is under way before it closes, and accepts nothing more', async () => {
    let finish: (answer: SlackAnswer) => void = () => undefined;
    const { slack, socket, handled, states } = await connected(
      () => new Promise((resolve) => (finish = resolve)),
    );
    const last = slack.socket.command('ack', 'UANA');
    await eventually(async () => handled.length > 0, { what: 'the command' });
    const stopping = socket.stop();
    slack.socket.command('too late', 'UANA').catch(() => undefined);
    finish({ told: { text: 'done' } });
    expect((await last).payload).toEqual({ text: 'done' });
    await stopping;
    await slack.socket.next(({ from, text }) => from === 'line' && text === 'closed 1000');
    expect(handled).toHaveLength(1);
    expect(states.at(-1)).toBe(false);
    expect(asked({ slack })).toHaveLength(1);
  });
});

describe('the wait before the next attempt', () => {
  it.each([
    ['after a good connection', 0, 0, 0, 0],
    ['after a good connection, at most', 0, 0, 1, 500],
    ['after one failure', 1, 0, 0, 500],
    ['after four', 4, 0, 0.5, 6_000],
    ['after a thousand', 1_000, 0, 1, 60_000],
    ['when Slack asks for more', 1, 90_000, 0.5, 90_500],
    ['when Slack asks for less', 10, 1_000, 0, 30_000],
  ])('%s', (_what, failures, retryAfterMs, random, expected) =>
    expect(waitBefore(failures, retryAfterMs, random, socketTimings)).toBe(expected),
  );
});
