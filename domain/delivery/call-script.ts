/**
 * What a call says and asks, in TwiML; Telnyx reads the same as TeXML. Pure: the channel places calls with it, the api answers
 * pressed digits with it.
 */
import type { ReplyIntent } from '../reply/grammar.js';

/** What the digits of a call mean. 9 is for calls alone: as a text it would be read as an incident's number. */
const INTENTS: ReadonlyMap<string, ReplyIntent> = new Map([
  ['4', 'acknowledge'],
  ['6', 'resolve'],
  ['9', 'decline'],
]);

export const digitIntent = (digits: string): ReplyIntent | null => INTENTS.get(digits.trim()) ?? null;

export const DIGITS_HELP = "Press 4 to acknowledge, 6 to resolve, 9 for can't take it.";

/** Both providers take 4,000 characters of instructions; what is spoken is cut far below. */
const MAX_SPOKEN = 900;
const VOICE = 'language="en-GB"';

/** Said twice, waiting for one digit each time; a digit goes to `action`. Nobody presses one: says so and hangs up. */
export function askingScript(text: string, action: string): string {
  const ask = (waitSeconds: number): string =>
    `<Gather input="dtmf" numDigits="1" timeout="${waitSeconds}" method="POST" action="${escapeXml(action)}">${say(text)}</Gather>`;
  return response(`<Pause length="1"/>${ask(4)}${ask(8)}${say('No key was pressed. Goodbye.')}<Hangup/>`);
}

/** Said twice, asks nothing. */
export const tellingScript = (text: string): string =>
  response(`<Pause length="1"/>${say(text)}<Pause length="1"/>${say(text)}<Hangup/>`);

/** The end of a call. */
export const closingScript = (text: string): string => response(`${say(text)}<Hangup/>`);

/** The answer to a text, sent by the provider. */
export const textScript = (text: string): string => response(`<Message>${escapeXml(text)}</Message>`);

/** Nothing is said or sent. */
export const EMPTY_SCRIPT = response('');

function response(verbs: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`;
}

function say(text: string): string {
  const characters = Array.from(text);
  const spoken = characters.length <= MAX_SPOKEN ? text : `${characters.slice(0, MAX_SPOKEN).join('')} …`;
  return `<Say ${VOICE}>${escapeXml(spoken)}</Say>`;
}

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** XML 1.0 knows no control characters but tab and line ends, not even escaped ones. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, ' ')
    .replace(/[&<>"']/g, (one) => NAMED[one] ?? one);
}
