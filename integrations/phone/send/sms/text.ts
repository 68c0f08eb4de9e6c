/** Text of an SMS: subject, reply hint and link, in at most three segments. Pure. */
import { countSegments, MAX_SEGMENTS, plainTypography } from '../../../../domain/delivery/sms-segments.js';
import { isContactMessage, type OutgoingMessage } from '../../../../domain/delivery/message.js';
import { oneLine, renderMessage, renderShortText, serviceOf } from '../../../shared/send/render.js';

const replyHint = (code: string): string => `Reply 4 to ack, 6 ${code} to resolve, NO to pass on`;
const LONGEST = 160;

/**
 * The title is shortened first, then a notice's own text; number, hint and link are never cut. `code` proves that the sender of a
 * reply has read this text.
 */
export function smsText(message: OutgoingMessage, code: string): string {
  if (isContactMessage(message)) return plain(renderShortText(message));
  const { incident, links } = message;
  const { body, action } = renderMessage(message);
  const named = serviceOf(incident);
  const service = named === null ? '' : ` (${plain(named)})`;
  const start = `${incident.drill ? 'DRILL ' : ''}[${incident.priority}] ${incident.number} `;
  const repeat = message.possibleDuplicate ? ' May be a repeat.' : '';
  const ask = message.type === 'page.requested' ? `${incident.number}: ${replyHint(code)}.` : `${action}:`;
  const compose = (title: string, own: string, where: string): string =>
    `${start}${title}${where}.${repeat}${own === '' ? '' : ` ${own}`} ${ask} ${links.respond}`;
  const title = plain(incident.title);
  const own = plain(body ?? '');
  const fits = (text: string): boolean => countSegments(text).segments <= MAX_SEGMENTS;

  for (const where of [service, '']) {
    const text = longest(title, own === '' ? 0 : 20, (cut) => compose(cut, own, where), fits);
    if (text !== null) return text;
  }
  return longest(own, 0, (cut) => compose(shortened(title, 20), cut, ''), fits) ?? compose('', '', '');
}

/** Contains as much of `text` as fits, at least `least` characters; null when even that does not fit. */
function longest(
  text: string,
  least: number,
  compose: (cut: string) => string,
  fits: (text: string) => boolean,
): string | null {
  const length = Array.from(text).length;
  let [low, high] = [Math.min(least, length), Math.min(length, 4 * LONGEST)];
  if (!fits(compose(shortened(text, low)))) return null;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(compose(shortened(text, middle)))) low = middle;
    else high = middle - 1;
  }
  return compose(shortened(text, low));
}

const plain = (text: string): string => oneLine(plainTypography(text));

/** Cuts to `most` characters without splitting one. */
function shortened(text: string, most: number): string {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  return most <= 3
    ? ''
    : `${characters
        .slice(0, most - 3)
        .join('')
        .trimEnd()}...`;
}
