/** Spoken text of a call. Pure; numbers and names are written for speech synthesis. */
import { DIGITS_HELP } from '../../../../domain/delivery/call-script.js';
import type { OutgoingMessage } from '../../../../domain/delivery/message.js';
import { oneLine, renderMessage, serviceOf } from '../../../shared/send/render.js';

/** DRILL comes first, so that a person who hangs up after a second knows it. */
export function spokenText(message: OutgoingMessage): string {
  if (message.type === 'contact.code') return spokenCode(message.code, message.minutes);
  if (message.type === 'contact.test')
    return `${oneLine(message.personName)}, this is a TEST call from Tocsin. Nothing is broken. You have been reached.`;
  if (message.type === 'contact.notice')
    return `${oneLine(message.personName)}, this is Tocsin, for your information. ${words(message.text)} Please look at it in Tocsin.`;
  const { incident } = message;
  const { lead, body } = renderMessage(message);
  const named = serviceOf(incident);
  const service = named === null ? '' : `, on ${words(named)}`;
  return [
    ...(incident.drill ? ['DRILL. This is an exercise.'] : []),
    ...(message.possibleDuplicate ? ['This is a repeat call.'] : []),
    oneLine(lead),
    `Priority ${incident.priority.replace(/^P/, '')}. Incident ${incident.number.replace('-', ' ')}${service}: ${words(incident.title)}.`,
    ...(body === null ? [] : [words(body)]),
    ...(isPage(message) ? [DIGITS_HELP] : ['Please look at it in Tocsin.']),
  ].join(' ');
}

/** Read twice, because the listener may need a pen. */
function spokenCode(code: string, minutes: number): string {
  const digits = Array.from(code).join(', ');
  return `This is Tocsin. Your code is ${digits}. Again: ${digits}. It is good for ${minutes} minutes.`;
}

export const isPage = (message: OutgoingMessage): boolean => message.type === 'page.requested';

const MAX_WORDS = 300;

/** Slugs and symbols as words, cut to a length that people listen to. `&` would be five characters of a provider's 4,000. */
function words(text: string): string {
  const line = oneLine(text.replace(/&/g, ' and ').replace(/[-_/|*#<>{}[\]"]+/g, ' '));
  const characters = Array.from(line);
  return characters.length <= MAX_WORDS ? line : characters.slice(0, MAX_WORDS).join('');
}
