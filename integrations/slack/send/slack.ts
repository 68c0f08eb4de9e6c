/** Channel `slack`: a direct message to a member, or a message to a channel, updated in place. */
import type { Channel, SendOutcome, SendRequest } from '../../../ports/channel.js';
import type { EgressOutcome } from '../../../ports/egress.js';
import { answerJson, failure, readProviderAnswer } from '../../shared/send/provider-answer.js';
import { callSlack, type SlackAccount } from './api.js';
import { slackMessage } from './blocks.js';

export interface SlackChannelOptions extends SlackAccount {
  /** Buttons are shown: `SLACK_APP_TOKEN` or `SLACK_SIGNING_SECRET` is set. */
  withButtons: boolean;
}

const EVENT_TYPE = 'tocsin_page';
/** Temporary problems of Slack; every other error concerns this message, this address or this account. */
const PASSING: ReadonlySet<unknown> = new Set([
  'ratelimited',
  'rate_limited',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);
/** "It is possible some aspect of the operation succeeded before the error was raised" (Slack's reference). */
const HALF_DONE: ReadonlySet<unknown> = new Set(['internal_error', 'fatal_error']);
const BLOCKS_REFUSED: ReadonlySet<unknown> = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
]);
/** Number of recent messages searched for a page. */
const LOOKED_THROUGH = 50;

export function createSlackChannel({ withButtons, ...account }: SlackChannelOptions): Channel {
  const post = async (request: SendRequest): Promise<SendOutcome> => {
    const { destination, message, idempotencyKey, timeoutMs } = request;
    const { text, blocks } = slackMessage(message, { key: idempotencyKey, status: null, withButtons });
    const common = {
      channel: destination.address,
      text,
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: EVENT_TYPE, event_payload: { delivery: idempotencyKey } },
    };
    const startedAt = performance.now();
    const answer = await callSlack(account, timeoutMs, (slack) =>
      slack.chat.postMessage({ ...common, blocks }),
    );
    if (!BLOCKS_REFUSED.has(errorOf(answer))) return readAnswer(answer);
    if ((await request.stillWanted?.()) === false)
      return failure('slack', 'Slack refused the blocks, and then the page was answered', false);
    // Retries as text when Slack refuses the blocks, because a page without buttons is still a page.
    const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAt));
    return readAnswer(await callSlack(account, leftMs, (slack) => slack.chat.postMessage(common)));
  };

  return {
    name: 'slack',
    // About one a second per conversation, and several hundred a minute per workspace.
    limits: { perSecond: 8, perAddressPerMinute: 40 },
    send: post,

    async lookUp({ destination, message, idempotencyKey, timeoutMs }) {
      const channel = await conversationOf(account, destination.address, timeoutMs / 2);
      if (channel === null) return null;
      const answer = await callSlack(account, timeoutMs / 2, (slack) =>
        slack.conversations.history({
          channel,
          include_all_metadata: true,
          oldest: String(Math.floor(Date.parse(message.incident.createdAt) / 1000) - 60),
          limit: LOOKED_THROUGH,
        }),
      );
      const ts = answer.kind === 'answered' ? messageWith(answerJson(answer), idempotencyKey) : null;
      return ts === null ? null : { kind: 'accepted', provider: 'slack', providerId: `${channel}:${ts}` };
    },

    async update({ message, status, idempotencyKey, providerId, timeoutMs }) {
      const [channel = '', ts = ''] = providerId.split(':');
      const shown = slackMessage(message, { key: idempotencyKey, status, withButtons });
      const answer = await callSlack(account, timeoutMs, (slack) =>
        slack.chat.update({ channel, ts, ...shown }),
      );
      return readAnswer(answer);
    },
  };
}

function readAnswer(answer: EgressOutcome): SendOutcome {
  return readProviderAnswer('slack', answer, (given) => {
    if (given.status !== 200) return null;
    const { ok, error, channel, ts } = answerJson(given);
    if (ok === true && typeof channel === 'string' && typeof ts === 'string')
      return { kind: 'accepted', provider: 'slack', providerId: `${channel}:${ts}` };
    // A proxy's sign-in page also responds with 200.
    if (typeof error !== 'string') return failure('slack', 'this does not answer like Slack', false);
    const said = `Slack says ${error.slice(0, 100)}`;
    if (HALF_DONE.has(error)) return { kind: 'ambiguous', provider: 'slack', error: said };
    return failure('slack', said, !PASSING.has(error));
  });
}

const errorOf = (answer: EgressOutcome): unknown =>
  answer.kind === 'answered' ? answerJson(answer)['error'] : null;

/** Direct messages have a conversation id of their own; null when Slack does not return it. */
async function conversationOf(
  account: SlackAccount,
  address: string,
  timeoutMs: number,
): Promise<string | null> {
  if (!/^[UW]/.test(address)) return address;
  const answer = await callSlack(account, timeoutMs, (slack) => slack.conversations.open({ users: address }));
  if (answer.kind !== 'answered') return null;
  const { channel } = answerJson(answer);
  return fieldOf(channel, 'id');
}

function messageWith({ messages }: Record<string, unknown>, key: string): string | null {
  if (!Array.isArray(messages)) return null;
  const found: unknown = messages.find(
    (one: unknown) => fieldOf(objectOf(objectOf(one, 'metadata'), 'event_payload'), 'delivery') === key,
  );
  return fieldOf(found, 'ts');
}

function objectOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : null;
}

function fieldOf(value: unknown, name: string): string | null {
  const field = objectOf(value, name);
  return typeof field === 'string' ? field : null;
}
