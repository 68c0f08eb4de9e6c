/** Read-only checks for triage and runbook steps: each returns within its timeout and never throws. */
import type { CheckSpec } from '../../domain/config/terms.js';
import type { CheckOutcome, CheckPort } from '../../ports/check.js';
import type { EgressPort } from '../../ports/egress.js';
import { checkDns } from './dns-check.js';
import { checkHttp } from './http-check.js';
import { checkOutcome, errorText } from './outcome.js';
import { probeTcp } from './socket.js';
import { checkTls } from './tls-check.js';

const GRACE_MS = 100;

export interface CheckOptions {
  /** PEM of the authorities that `tls` checks trust instead of Node's own. */
  ca?: string;
  /** Name servers for `dns` checks, as `address` or `address:port`; defaults to the system's. */
  dnsServers?: readonly string[];
}

/** `egress` decides which hosts may be contacted; `dns` checks contact the name servers only. */
export function createChecks(egress: EgressPort, options: CheckOptions = {}): CheckPort {
  return {
    async run(check, timeoutMs) {
      const startedAt = performance.now();
      let timer: NodeJS.Timeout | undefined;
      // The system resolver has no deadline of its own; the checks' own deadlines, with better messages, come first.
      const late = new Promise<CheckOutcome>((resolve) => {
        const give = () => resolve(checkOutcome(false, `no answer within ${timeoutMs} ms`, '', startedAt));
        timer = setTimeout(give, timeoutMs + GRACE_MS);
      });
      try {
        return await Promise.race([runOne(check, timeoutMs), late]);
      } catch (error) {
        return checkOutcome(false, `the check could not be run: ${errorText(error)}`, '', startedAt);
      } finally {
        clearTimeout(timer);
      }
    },
  };

  async function runOne(check: CheckSpec, timeoutMs: number): Promise<CheckOutcome> {
    if ('http' in check) return checkHttp(check, egress, timeoutMs);
    if ('dns' in check) return checkDns(check, options.dnsServers, timeoutMs);
    if ('tls' in check) return checkTls(check, egress, options.ca, timeoutMs);
    return checkTcp(check, timeoutMs);
  }

  async function checkTcp(
    check: Extract<CheckSpec, { tcp: string }>,
    timeoutMs: number,
  ): Promise<CheckOutcome> {
    const startedAt = performance.now();
    const resolved = await egress.resolve(check.tcp);
    if (resolved.kind === 'refused') return checkOutcome(false, `refused: ${resolved.reason}`, '', startedAt);
    const result = await probeTcp(
      resolved.address,
      check.port,
      Math.max(1, timeoutMs - (performance.now() - startedAt)),
    );
    const where = `port ${check.port}`;
    if (result.kind === 'failed')
      return checkOutcome(false, `no connection to ${where}: ${errorText(result.error)}`, '', startedAt);
    return checkOutcome(
      true,
      `${where} connected in ${Math.round(performance.now() - startedAt)} ms`,
      '',
      startedAt,
    );
  }
}
