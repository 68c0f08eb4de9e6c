/** Opens, inspects and closes one TCP or TLS connection to an address that the egress port has checked. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate } from 'node:tls';

export type TcpResult = { kind: 'connected' } | { kind: 'failed'; error: unknown };
export type TlsResult =
  | { kind: 'connected'; certificate: PeerCertificate; protocol: string | null; problem: string | null }
  | { kind: 'failed'; error: unknown };

export function probeTcp(address: string, port: number, timeoutMs: number): Promise<TcpResult> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host: address, port });
    const done = finishOnce(socket, timeoutMs, (result: TcpResult) => resolve(result));
    socket.once('connect', () => done({ kind: 'connected' }));
    socket.once('error', (error) => done({ kind: 'failed', error }));
  });
}

/**
 * `host` is sent as SNI and must match the certificate; an IP address must only match. `problem` is the reason why the
 * certificate would not be trusted: the connection is made nevertheless, to read its dates, and transfers no data.
 */
export function probeTls(
  host: string,
  address: string,
  port: number,
  timeoutMs: number,
  ca?: string,
): Promise<TlsResult> {
  return new Promise((resolve) => {
    const socket = connectTls({
      host: address,
      port,
      rejectUnauthorized: false,
      ...(host === address ? {} : { servername: host }),
      ...(ca === undefined ? {} : { ca }),
    });
    const done = finishOnce(socket, timeoutMs, (result: TlsResult) => resolve(result));
    socket.once('secureConnect', () => {
      const untrusted: unknown = socket.authorizationError;
      done({
        kind: 'connected',
        certificate: socket.getPeerCertificate(),
        protocol: socket.getProtocol(),
        problem: socket.authorized ? null : describe(untrusted),
      });
    });
    socket.once('error', (error) => done({ kind: 'failed', error }));
  });
}

function describe(untrusted: unknown): string {
  if (typeof untrusted === 'string') return untrusted;
  if (typeof untrusted !== 'object' || untrusted === null) return 'not trusted';
  return 'code' in untrusted
    ? String(untrusted.code)
    : 'message' in untrusted
      ? String(untrusted.message)
      : 'not trusted';
}

function finishOnce<R>(
  socket: Socket,
  timeoutMs: number,
  resolve: (result: R | { kind: 'failed'; error: unknown }) => void,
) {
  let isDone = false;
  const done = (result: R | { kind: 'failed'; error: unknown }): void => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    // Errors after the end are irrelevant, but an unhandled one would end the process.
    socket.on('error', () => undefined);
    socket.destroy();
    resolve(result);
  };
  const timer = setTimeout(
    () => done({ kind: 'failed', error: new Error(`no answer within ${Math.ceil(timeoutMs)} ms`) }),
    timeoutMs,
  );
  return done;
}
