/**
 * TwiML for phone calls; Telnyx reads the same as TeXML. Pure: the channel places calls with it, the api answers pressed digits
 * with it.
 */
import type { ReplyIntent } from '../reply/grammar.js';

/** Meaning of pressed digits. 9 is for calls only: in a text message it would be read as an incident number. */
const INTENTS: ReadonlyMap<string, ReplyIntent> = new Map([
  ['4', 'acknowledge'],
  ['6', 'resolve'],
  ['9', 'decline'],
]);

export const digitIntent = (digits: string): ReplyIntent | null => INTENTS.get(digits.trim()) ?? null;

export const DIGITS_HELP = "Press 4 to acknowledge, 6 to resolve, 9 for can't take it.";

/** Both providers accept 4,000 characters of escaped instructions, and a script contains the page text twice. */
const MAX_WRITTEN = 1_500;
const VOICE = 'language="en-GB"';

/**
 * Reads the text twice and waits for one digit each time; a digit goes to `action`. Without one the call says so and hangs up.
 */
export function questionScript(text: string, action: string): string {
  const ask = (waitSeconds: number): string =>
    `<Gather input="dtmf" numDigits="1" timeout="${waitSeconds}" method="POST" action="${attribute(action)}">${say(text)}</Gather>`;
  return response(`<Pause length="1"/>${ask(4)}${ask(8)}${say('No key was pressed. Goodbye.')}<Hangup/>`);
}

/** Reads the text twice and asks for nothing. */
export const announcementScript = (text: string): string =>
  response(`<Pause length="1"/>${say(text)}<Pause length="1"/>${say(text)}<Hangup/>`);

/** Last words of a call. */
export const closingScript = (text: string): string => response(`${say(text)}<Hangup/>`);

/** Reply to a text message, sent by the provider. */
export const textScript = (text: string): string => response(`<Message>${written(text)}</Message>`);

/** Says and sends nothing. */
export const EMPTY_SCRIPT = response('');

function response(verbs: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`;
}

function say(text: string): string {
  const whole = written(text);
  return `<Say ${VOICE}>${whole.length <= MAX_WRITTEN ? whole : `${beginning(text)} …`}</Say>`;
}

/** The longest beginning, in whole characters, that fits once escaped: `&` alone takes five. */
function beginning(text: string): string {
  let fits = '';
  for (const character of text) {
    const next = written(character);
    if (fits.length + next.length > MAX_WRITTEN) break;
    fits += next;
  }
  return fits;
}

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * Text between two tags, where quotes need no escaping. XML 1.0 permits no control characters but tab and line ends, not even
 * escaped.
 */
const written = (text: string): string =>
  text.replace(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, ' ').replace(/[&<>]/g, (one) => NAMED[one] ?? one);

/** Attribute value in quotes. */
const attribute = (text: string): string => written(text).replace(/["']/g, (one) => NAMED[one] ?? one);
