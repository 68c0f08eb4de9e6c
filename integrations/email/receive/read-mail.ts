/** Kind of an inbound mail: a person's reply, a bounce, or ignored. Pure. */

export interface IncomingMail {
  /** Envelope sender; empty for bounces. */
  sender: string;
  /** Local parts of the recipients at our domain. */
  recipients: string[];
  headers: ReadonlyMap<string, string>;
  /** Addresses of `From`. */
  from: string[];
  /** In-Reply-To and References, newest first, without brackets. */
  answers: string[];
  /** `Authentication-Results`, topmost first. */
  authentication: string[];
  messageId: string | null;
  subject: string;
  text: string;
  /** The mail as received, for the status of a bounce. */
  raw: string;
}

export type MailKind =
  | { kind: 'answer'; from: string }
  | { kind: 'bounce'; status: string; reason: string }
  | { kind: 'ignored'; reason: string };

/** RFC 3834 (automatic answers), RFC 3464 (delivery status), RFC 2919 (lists); and the headers of older programs. */
export function kindOfMail(mail: IncomingMail): MailKind {
  const { headers, from } = mail;
  const isReport =
    /^multipart\/report\b/i.test(headers.get('content-type') ?? '') ||
    /^Content-Type:\s*message\/delivery-status/im.test(mail.raw);
  if (isReport) return bounceOf(mail.raw);
  if (mail.sender === '') return { kind: 'ignored', reason: 'an automatic answer (no sender)' };
  if (headers.has('x-tocsin-incident') || headers.has('x-tocsin-answer'))
    return { kind: 'ignored', reason: 'a loop: this mail is our own' };
  const submitted = headers.get('auto-submitted')?.trim().toLowerCase() ?? 'no';
  if (!submitted.startsWith('no'))
    return { kind: 'ignored', reason: `an automatic answer (${submitted.slice(0, 40)})` };
  if (
    /^(?:bulk|junk|list|auto_reply)$/i.test(headers.get('precedence')?.trim() ?? '') ||
    headers.has('list-id')
  )
    return { kind: 'ignored', reason: 'mail of a list or a program' };
  if (headers.has('x-autoreply') || headers.has('x-autorespond') || headers.has('x-auto-reply'))
    return { kind: 'ignored', reason: 'an automatic answer' };
  const [only] = from;
  return from.length === 1 && only !== undefined
    ? { kind: 'answer', from: only }
    : { kind: 'ignored', reason: `From names ${from.length} people` };
}

/** Only a final failure counts: a delayed mail may still arrive. */
function bounceOf(raw: string): MailKind {
  const field = (name: string): string =>
    new RegExp(`^${name}:\\s*(.{1,500})`, 'im').exec(raw)?.[1]?.trim() ?? '';
  const status = /^[245]\.\d{1,3}\.\d{1,3}/.exec(field('Status'))?.[0] ?? '';
  const isFailed = /^failed\b/i.test(field('Action')) || status.startsWith('5');
  if (!isFailed || status.startsWith('4') || status.startsWith('2'))
    return { kind: 'ignored', reason: `a delivery report without a failure (${status || 'no status'})` };
  return { kind: 'bounce', status, reason: field('Diagnostic-Code').replace(/\s+/g, ' ') };
}
