/** `{dns: name, type?, expect?}`: the name has records of the type (default A), one of them the expected one. */
import { Resolver } from 'node:dns/promises';
import type { CheckSpec } from '../../domain/config/terms.js';
import type { CheckOutcome } from '../../ports/check.js';
import { checkOutcome, errorText } from './outcome.js';

type DnsCheck = Extract<CheckSpec, { dns: string }>;
type RecordType = NonNullable<DnsCheck['type']>;

/** Queries only the configured name servers, so there is no address to check. `servers` as for `setServers`. */
export async function checkDns(
  check: DnsCheck,
  servers: readonly string[] | undefined,
  timeoutMs: number,
): Promise<CheckOutcome> {
  const startedAt = performance.now();
  const type = check.type ?? 'A';
  const resolver = new Resolver({ timeout: Math.max(1, Math.floor(timeoutMs / 2)), tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  // c-ares doubles its wait on each try; this timer enforces the caller's timeout.
  const deadline = setTimeout(() => resolver.cancel(), timeoutMs);
  try {
    const records = await lookUp(resolver, check.dns, type);
    const found = `${records.length} ${type} record${records.length === 1 ? '' : 's'}`;
    const wanted = check.expect === undefined ? null : normalise(check.expect);
    const ok =
      records.length > 0 && (wanted === null || records.some((record) => normalise(record) === wanted));
    const summary = ok
      ? `${found}: ${records.join(', ')}`
      : `${found}, none is ${check.expect ?? 'there'}: ${records.join(', ')}`;
    return checkOutcome(ok, summary, records.join('\n'), startedAt);
  } catch (error) {
    const code = errorText(error);
    const reason = code === 'ECANCELLED' || code === 'ETIMEOUT' ? `no answer within ${timeoutMs} ms` : code;
    return checkOutcome(false, `${check.dns} has no ${type} record: ${reason}`, '', startedAt);
  } finally {
    clearTimeout(deadline);
  }
}

/** Records as one line of text each; MX as `10 mail.example.com`. */
async function lookUp(resolver: Resolver, name: string, type: RecordType): Promise<string[]> {
  switch (type) {
    case 'A':
      return resolver.resolve4(name);
    case 'AAAA':
      return resolver.resolve6(name);
    case 'CNAME':
      return resolver.resolveCname(name);
    case 'NS':
      return resolver.resolveNs(name);
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${exchange}`);
    case 'TXT':
      return (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
  }
}

/** Names are equal in any case and with or without the final dot. */
function normalise(record: string): string {
  return record.trim().toLowerCase().replace(/\.$/, '');
}
