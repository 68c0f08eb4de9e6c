/**
 * Fake mail server for tests: speaks real SMTP, stores and parses every mail, and misbehaves on script. Each test starts its own.
 */
import type { Socket } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { createWaitingList } from '../shared/testing/waiting-list.js';

/**
 * Behaviour for one connection. `refuse`: respond with this code at this stage. `drop`: read the whole mail, then disconnect
 * without a response. `hang`: read it and never respond.
 */
type MailBehaviour =
  | 'accept'
  | 'drop'
  | 'hang'
  | { refuse: 'greeting' | 'sender' | 'recipient' | 'text'; code: number; text?: string };

export interface ReceivedMail {
  at: Date;
  from: string;
  to: string[];
  raw: string;
  mail: ParsedMail;
  took: 'accepted' | 'unanswered' | 'refused';
}

export interface MailServer {
  /** `smtp://127.0.0.1:<port>`, with user and password if configured. */
  readonly url: string;
  readonly mails: readonly ReceivedMail[];
  /** Behaviours for the next connections, one each; after them mails are accepted. */
  script(...behaviours: MailBehaviour[]): void;
  /** The next matching mail (not returned before); waits for it without polling. */
  nextMail(predicate?: (mail: ReceivedMail) => boolean, timeoutMs?: number): Promise<ReceivedMail>;
  close(): Promise<void>;
}

export async function startMailServer(
  options: { user?: string; password?: string; port?: number } = {},
): Promise<MailServer> {
  const list = createWaitingList<ReceivedMail>(({ to, mail }) => `${to.join(', ')} ${mail.subject ?? ''}`);
  const scripted: MailBehaviour[] = [];
  const sessions = new Map<string, MailBehaviour>();
  const sockets = new Map<number, Socket>();

  const behaviourOf = (session: SMTPServerSession): MailBehaviour => sessions.get(session.id) ?? 'accept';
  const refusal = (session: SMTPServerSession, moment: string): Error | null => {
    const behaviour = behaviourOf(session);
    if (typeof behaviour === 'string' || behaviour.refuse !== moment) return null;
    return Object.assign(new Error(behaviour.text ?? 'scripted refusal'), { responseCode: behaviour.code });
  };

  const server = new SMTPServer({
    // Plain text on loopback: there is no certificate to trust.
    disabledCommands: options.user === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
    authOptional: options.user === undefined,
    allowInsecureAuth: true,
    logger: false,
    disableReverseLookup: true,
    closeTimeout: 100,
    onAuth(auth, _session, callback) {
      const isRight = auth.username === options.user && auth.password === options.password;
      callback(isRight ? null : Object.assign(new Error('wrong password'), { responseCode: 535 }), {
        user: auth.username,
      });
    },
    onConnect(session, callback) {
      sessions.set(session.id, scripted.shift() ?? 'accept');
      callback(refusal(session, 'greeting'));
    },
    onMailFrom: (_address, session, callback) => callback(refusal(session, 'sender')),
    onRcptTo: (_address, session, callback) => callback(refusal(session, 'recipient')),
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => void keep(Buffer.concat(chunks), session).then(() => answer(session, callback)));
    },
  });
  server.on('error', () => undefined);

  async function keep(raw: Buffer, session: SMTPServerSession): Promise<void> {
    const behaviour = behaviourOf(session);
    const { mailFrom, rcptTo } = session.envelope;
    list.add({
      at: new Date(),
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      raw: raw.toString('utf8'),
      mail: await simpleParser(raw),
      took:
        behaviour === 'accept'
          ? 'accepted'
          : behaviour === 'drop' || behaviour === 'hang'
            ? 'unanswered'
            : 'refused',
    });
  }

  function answer(session: SMTPServerSession, callback: (error?: Error | null) => void): void {
    const behaviour = behaviourOf(session);
    if (behaviour === 'drop') sockets.get(session.remotePort)?.destroy();
    else if (behaviour !== 'hang') callback(refusal(session, 'text'));
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  server.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.on('close', () => sockets.delete(port));
  });
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const login =
    options.user === undefined
      ? ''
      : `${encodeURIComponent(options.user)}:${encodeURIComponent(options.password ?? '')}@`;

  return {
    url: `smtp://${login}127.0.0.1:${port}`,
    mails: list.all,
    script: (...behaviours) => void scripted.push(...behaviours),
    nextMail: (predicate = () => true, timeoutMs = 30_000) => list.next(predicate, timeoutMs, 'mail'),
    close() {
      for (const socket of sockets.values()) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
