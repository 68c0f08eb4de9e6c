/**
 * Masks an address so that it can be recognised but not used: `a…@example.com`, the host of a webhook (its path is
 * often the secret), the last two digits of a phone number.
 */
export function maskAddress(channel: string, given: string): string {
  if (channel === 'mailbox') return given;
  // `Ana Sorel <ana@example.com>` is masked by its inner part.
  const address = /<([^<>]+)>$/.exec(given)?.[1] ?? given;
  const url = /^https?:\/\//i.test(address) && URL.canParse(address) ? new URL(address) : null;
  if (url !== null) return url.host;
  const at = address.lastIndexOf('@');
  if (at > 0) return `${firstOf(address)}…@${address.slice(at + 1)}`;
  const digits = address.replace(/\D/g, '');
  if (/^[+\d][\d\s()./-]+$/.test(address) && digits.length > 4) return `…${digits.slice(-2)}`;
  return address === '' ? '' : `${firstOf(address)}…`;
}

const firstOf = (text: string): string => String.fromCodePoint(text.codePointAt(0) ?? 0);
