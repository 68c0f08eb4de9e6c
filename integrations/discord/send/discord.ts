/** Channel `discord`: an embed through a channel's webhook, updated in place. The address is the webhook's URL. */
import type { Channel, SendOutcome } from '../../../ports/channel.js';
import type { EgressPort } from '../../../ports/egress.js';
import type { OutgoingMessage, PageStatus } from '../../../domain/delivery/message.js';
import { retryAfterMs } from '../../../domain/delivery/retry-after.js';
import { chatText, cutUnits } from '../../shared/send/chat-text.js';
import {
  type Answered,
  answerJson,
  failure,
  readProviderAnswer,
  shownAnswer,
} from '../../shared/send/provider-answer.js';
import { escapeLinks } from '../../shared/send/escape-links.js';

/** Discord's limits: title 256, description 4096, 25 fields of 256 and 1024, 6000 in total. */
const TITLE = 256;
const DESCRIPTION = 2_500;
const VALUE = 300;
const MAX_FIELDS = 8;
const COLOURS = { P1: 0xc0392b, P2: 0xd35400, P3: 0xb7950b, P4: 0x2471a3, P5: 0x707b7c } as const;
const ANSWERED = 0x1e8449;

export function createDiscordChannel({ egress }: { egress: EgressPort }): Channel {
  const call = async (method: string, url: string, body: object, timeoutMs: number) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await egress.request({ method, url, headers, body: JSON.stringify(body), timeoutMs });
    return readProviderAnswer('discord', answer, readAnswer);
  };
  return {
    name: 'discord',
    // Discord allows a webhook five messages in two seconds and 30 a minute.
    limits: { perSecond: 20, perAddressPerMinute: 30 },
    async send({ destination, message, timeoutMs }) {
      if (!URL.canParse(destination.address))
        return failure('discord', 'the address is not that of a webhook', true);
      const url = new URL(destination.address);
      // Without `wait`, Discord responds before storing the message, and without its id.
      url.searchParams.set('wait', 'true');
      return call('POST', url.href, discordMessage(message), timeoutMs);
    },
    async update({ destination, message, status, providerId, timeoutMs }) {
      const url = new URL(destination.address);
      url.pathname = `${url.pathname.replace(/\/+$/, '')}/messages/${encodeURIComponent(providerId)}`;
      return call('PATCH', url.href, discordMessage(message, status), timeoutMs);
    },
  };
}

function discordMessage(message: OutgoingMessage, status: PageStatus | null = null) {
  const { title, lead, notices, facts, body, also, link, isOpen } = chatText(message, status);
  const lines = [
    ...notices,
    `**${plain(lead)}**`,
    ...(body === null ? [] : [plain(body)]),
    ...also.map((other) => `${plain(other.text)}: ${other.link}`),
    `${link.label}: ${link.url}`,
  ];
  return {
    // Prevents mentions, whatever the title of an alert contains.
    allowed_mentions: { parse: [] },
    content: cutUnits(plain(`${title}. ${lead}`), 2_000),
    embeds: [
      {
        title: cutUnits(plain(title), TITLE),
        url: link.url,
        color: status === null || isOpen ? COLOURS[message.incident.priority] : ANSWERED,
        description: cutUnits(lines.join('\n'), DESCRIPTION),
        fields: facts.slice(0, MAX_FIELDS).map(({ name, value }) => ({
          name,
          value: cutUnits(plain(value), VALUE),
          inline: value.length < 40,
        })),
      },
    ],
  };
}

/** Escapes Markdown. `<` begins mentions, dates and commands. */
const plain = (text: string): string =>
  escapeLinks(text.replace(/[\\*_~`|<>]/g, '\\$&')).replaceAll('@', '@\u200b');

function readAnswer(answer: Answered, now: Date): SendOutcome | null {
  const { id, retry_after: asked } = answerJson(answer);
  if (answer.status >= 200 && answer.status < 300)
    return typeof id === 'string'
      ? { kind: 'accepted', provider: 'discord', providerId: id }
      : failure('discord', 'this does not answer like Discord', false);
  // More exact than the header, which has whole seconds.
  const waitMs = answer.status === 429 ? retryAfterMs(asked, now) : null;
  return waitMs === null ? null : { ...failure('discord', shownAnswer(answer), false), retryAfterMs: waitMs };
}
