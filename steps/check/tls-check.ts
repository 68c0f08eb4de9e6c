/** `{tls: host, port?, minDays?}`: the certificate is trusted, is for this host, and lasts (default: port 443, 14 days). */
import { isIP } from 'node:net';
import type { CheckSpec } from '../../domain/config/terms.js';
import type { CheckOutcome } from '../../ports/check.js';
import type { EgressPort } from '../../ports/egress.js';
import { checkOutcome, errorText } from './outcome.js';
import { probeTls } from './socket.js';

type TlsCheck = Extract<CheckSpec, { tls: string }>;

const DEFAULT_PORT = 443;
const DEFAULT_MIN_DAYS = 14;
const DAY_MS = 86_400_000;

/** `ca`: PEM of authorities to trust instead of Node's own. */
export async function checkTls(
  check: TlsCheck,
  egress: EgressPort,
  ca: string | undefined,
  timeoutMs: number,
): Promise<CheckOutcome> {
  const startedAt = performance.now();
  const resolved = await egress.resolve(check.tls);
  if (resolved.kind === 'refused') return checkOutcome(false, `refused: ${resolved.reason}`, '', startedAt);
  const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAt));
  const result = await probeTls(
    nameOf(check.tls, resolved.address),
    resolved.address,
    check.port ?? DEFAULT_PORT,
    leftMs,
    ca,
  );
  if (result.kind === 'failed')
    return checkOutcome(false, `no TLS connection: ${errorText(result.error)}`, '', startedAt);

  const { certificate, protocol, problem } = result;
  const endsAt = new Date(certificate.valid_to);
  const days = Math.floor((endsAt.getTime() - Date.now()) / DAY_MS);
  const minDays = check.minDays ?? DEFAULT_MIN_DAYS;
  const output = [
    `subject: ${String(certificate.subject.CN)}`,
    `issuer: ${String(certificate.issuer.CN)}`,
    `names: ${certificate.subjectaltname ?? 'none'}`,
    `valid: ${certificate.valid_from} to ${certificate.valid_to}`,
    `protocol: ${protocol ?? 'unknown'}`,
  ].join('\n');
  const ends =
    days < 0
      ? `certificate ended ${-days} day${days === -1 ? '' : 's'} ago`
      : `certificate ends in ${days} day${days === 1 ? '' : 's'}`;
  if (days < 0) return checkOutcome(false, ends, output, startedAt);
  if (problem !== null)
    return checkOutcome(false, `${ends}, but is not trusted: ${problem}`, output, startedAt);
  if (days < minDays) return checkOutcome(false, `${ends}, expected at least ${minDays}`, output, startedAt);
  return checkOutcome(true, ends, output, startedAt);
}

/** The name that the certificate must contain: the host without its final dot, or the address in its plain form. */
function nameOf(host: string, address: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  return isIP(bare) === 0 ? bare : address;
}
