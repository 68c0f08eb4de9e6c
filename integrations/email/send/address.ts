/** Validates email addresses before they are used in a header or an SMTP command. Pure. */

/** One bare address: no list, no display name, no quoting, no line end. At most 254 characters (RFC 5321). */
const BARE = /^[^\s<>,;:"()[\]\\@\p{Cc}]+@[^\s<>,;:"()[\]\\@\p{Cc}]+$/u;

export function isBareAddress(text: string): boolean {
  return text.length <= 254 && BARE.test(text);
}

export interface Sender {
  name: string;
  address: string;
  /** Right-hand side of Tocsin's Message-IDs. */
  domain: string;
}

/** `tocsin@example.com` or `Tocsin <tocsin@example.com>`. Throws on anything else. */
export function parseSender(text: string): Sender {
  const match = /^(?:"?([^"<>\r\n]*?)"?\s*<([^<>]+)>|([^<>]+))$/.exec(text.trim());
  const address = (match?.[2] ?? match?.[3] ?? '').trim();
  if (!isBareAddress(address)) {
    throw new Error(`TOCSIN_MAIL_FROM: ${JSON.stringify(text)} is not like Tocsin <tocsin@example.com>`);
  }
  return { name: match?.[1] ?? 'Tocsin', address, domain: address.slice(address.indexOf('@') + 1) };
}
