/**
 * Extracts the lines of a reply that its sender wrote, without quotes and additions of the mail program. Pure, linear in the
 * text's length.
 */

/** `On Mon, 23 Nov 2026, Tocsin wrote:` and similar lines, including wrapped ones. */
const ATTRIBUTION =
  /^(?:on|am|le|el|il|den|op|em)\s.*(?:wrote|schrieb|a écrit|escribió|ha scritto|skrev|schreef|escreveu)\b.*:$/iu;
const BEGINS_ATTRIBUTION = /^(?:on|am|le|el|il|den|op|em)\s.*[\d,<@]/iu;
const ENDS_ATTRIBUTION = /(?:wrote|schrieb|a écrit|escribió|ha scritto|skrev|schreef|escreveu)\b.*:$/iu;
/** No line after one of these was written by the sender. */
const END =
  /^(?:--\s?|_{5,}|-{2,}\s*(?:original message|ursprüngliche nachricht|forwarded message)\s*-{2,}|sent from my .*|gesendet von .*|von meinem .* gesendet)$/iu;

/** Longer lines are not searched for an attribution: the search takes more than linear time in a line's length. */
const LINE_CHARACTERS = 400;

/** At most `count` lines, trimmed, without empty ones. */
export function ownLines(text: string, count: number): string[] {
  const own: string[] = [];
  const lines = text.split(/\r\n?|\n|\u2028/, 2_000).map((line) => line.trim());
  for (let at = 0; at < lines.length && own.length < count; at++) {
    const line = lines[at] ?? '';
    const isShort = line.length <= LINE_CHARACTERS;
    if (isShort && END.test(line)) break;
    if (line === '' || line.startsWith('>') || (isShort && ATTRIBUTION.test(line))) continue;
    const next = lines[at + 1] ?? '';
    if (
      isShort &&
      next.length <= LINE_CHARACTERS &&
      BEGINS_ATTRIBUTION.test(line) &&
      ENDS_ATTRIBUTION.test(next)
    ) {
      at += 1;
      continue;
    }
    own.push(line);
  }
  return own;
}
