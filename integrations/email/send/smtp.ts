/** Sends one mail over one SMTP connection with one deadline, and reports how far it got. */
import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Relay } from './relay.js';

/**
 * `rejected`: the relay refused; `code` is its reply, `about` its subject. `failed`: no such reply, and the mail was not
 * transferred. `ambiguous`: the text was being sent or had been sent when the connection broke or the time was over.
 */
export type SmtpOutcome =
  | { kind: 'accepted'; response: string }
  | { kind: 'rejected'; code: number; about: 'session' | 'mail'; error: string }
  | { kind: 'failed'; error: string }
  | { kind: 'ambiguous'; error: string };

export interface Envelope {
  from: string;
  to: string;
}

/** Never rejects. Uses a new connection for every mail: a pooled one may be dead without notice, which delays a page. */
export function sendOverSmtp(
  relay: Relay,
  envelope: Envelope,
  raw: Buffer,
  timeoutMs: number,
): Promise<SmtpOutcome> {
  return new Promise((resolve) => {
    const connection = new SMTPConnection({
      host: relay.host,
      port: relay.port,
      secure: relay.secure,
      requireTLS: relay.requireTls,
      // The relay may be on this machine.
      allowInternalNetworkInterfaces: true,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      ...(relay.name === null ? {} : { name: relay.name }),
      ...(relay.insecure ? { tls: { rejectUnauthorized: false } } : {}),
    });
    let isSettled = false;
    let isBodyAskedFor = false;
    // The relay requests the text with 354; only then is this stream read.
    const text = new Readable({
      read() {
        isBodyAskedFor = true;
        this.push(raw);
        this.push(null);
      },
    });

    const settle = (outcome: SmtpOutcome): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      if (outcome.kind === 'accepted') connection.quit();
      else connection.close();
      resolve(outcome);
    };
    const fail = (error: unknown): void => {
      const reply = replyOf(error);
      if (reply !== null) settle({ kind: 'rejected', ...reply });
      else settle({ kind: isBodyAskedFor ? 'ambiguous' : 'failed', error: textOf(error) });
    };
    const timer = setTimeout(
      () => fail(new Error(`the relay did not answer within ${timeoutMs} ms`)),
      timeoutMs,
    );

    const send = (): void =>
      connection.send({ from: envelope.from, to: [envelope.to], size: raw.length }, text, (error, info) => {
        if (error) fail(error);
        else settle({ kind: 'accepted', response: info.response });
      });
    // Also handles errors after the end, which are irrelevant but would be unhandled otherwise.
    connection.on('error', fail);
    connection.once('end', () => fail(new Error('the relay closed the connection')));
    connection.connect((connectError) => {
      if (connectError) fail(connectError);
      else if (relay.auth === null) send();
      else connection.login(relay.auth, (loginError) => (loginError ? fail(loginError) : send()));
    });
  });
}

function replyOf(error: unknown): { code: number; about: 'session' | 'mail'; error: string } | null {
  if (typeof error !== 'object' || error === null) return null;
  const code: unknown = 'responseCode' in error ? error.responseCode : undefined;
  if (typeof code !== 'number' || code < 400) return null;
  // A refused sender (MAIL FROM) is for the operator to repair, like a wrong password.
  const isAboutMail = 'command' in error && (error.command === 'RCPT TO' || error.command === 'DATA');
  return { code, about: isAboutMail ? 'mail' : 'session', error: textOf(error) };
}

function textOf(error: unknown): string {
  const text =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
  return text.replace(/\s+/g, ' ').slice(0, 300);
}
