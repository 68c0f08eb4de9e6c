/** Channel `teams`: an adaptive card through a Workflows webhook. Its button opens the link; the card cannot be changed later. */
import type { Channel, SendOutcome } from '../../../ports/channel.js';
import type { EgressPort } from '../../../ports/egress.js';
import type { OutgoingMessage } from '../../../domain/delivery/message.js';
import { chatText, cutUnits } from '../../shared/send/chat-text.js';
import {
  type Answered,
  failure,
  readProviderAnswer,
  shownAnswer,
} from '../../shared/send/provider-answer.js';
import { escapeLinks } from '../../shared/send/escape-links.js';

const TITLE = 300;
const BODY = 2_000;
const VALUE = 400;
/** Teams refuses a larger message (413); texts within these limits are smaller in every script. */
const MAX_BYTES = 28_000;

export function createTeamsChannel({ egress }: { egress: EgressPort }): Channel {
  return {
    name: 'teams',
    limits: { perSecond: 4, perAddressPerMinute: 60 },
    async send({ destination, message, timeoutMs }) {
      const answer = await egress.request({
        method: 'POST',
        url: destination.address,
        headers: { 'content-type': 'application/json' },
        body: teamsBody(message),
        timeoutMs,
      });
      return readProviderAnswer('teams', answer, readAnswer);
    },
  };
}

/** At most 28 kB: a longer card loses its facts, then its text; the link stays. */
function teamsBody(message: OutgoingMessage): string {
  const sizes = [
    { facts: 12, text: BODY },
    { facts: 4, text: BODY },
    { facts: 0, text: 500 },
  ];
  const bodies = sizes.map((size) => JSON.stringify(card(message, size)));
  return bodies.find((body) => Buffer.byteLength(body) <= MAX_BYTES) ?? bodies.at(-1) ?? '';
}

function card(message: OutgoingMessage, size: { facts: number; text: number }) {
  const { title, lead, notices, facts, body, also, link } = chatText(message);
  const line = (text: string, more: object = {}) => ({
    type: 'TextBlock',
    text: plain(text),
    wrap: true,
    ...more,
  });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          // Text of the notification.
          fallbackText: plain(cutUnits(`${title}. ${lead}`, TITLE)),
          msteams: { width: 'Full' },
          body: [
            line(cutUnits(title, TITLE), { weight: 'Bolder', size: 'Large' }),
            ...notices.map((notice) => line(notice, { color: 'Warning' })),
            line(lead, { weight: 'Bolder' }),
            ...(body === null ? [] : [line(cutUnits(body, size.text))]),
            ...also.slice(0, size.facts).map((other) => ({
              type: 'TextBlock',
              wrap: true,
              text: `[${plain(other.text.replace(/[[\]]/g, ''))}](${other.link})`,
            })),
            ...(size.facts === 0
              ? []
              : [
                  {
                    type: 'FactSet',
                    facts: facts
                      .slice(0, size.facts)
                      .map(({ name, value }) => ({ title: name, value: plain(cutUnits(value, VALUE)) })),
                  },
                ]),
          ],
          actions: [{ type: 'Action.OpenUrl', title: link.label, url: link.url }],
        },
      },
    ],
  };
}

/** A card's text is a subset of Markdown. Brackets form links in two ways, `[…](…)` and `[…]: …` on a line of its own. */
const plain = (text: string): string => escapeLinks(text.replace(/[\\*_`[\]]/g, '\\$&'));

/** A failed flow also responds with 200 or 202 and describes the failure in the body. */
function readAnswer(answer: Answered): SendOutcome | null {
  const isGood = answer.status >= 200 && answer.status < 300;
  if (isGood && /delivery failed|returned HTTP error/i.test(answer.body))
    return failure('teams', shownAnswer(answer), false);
  return null;
}
