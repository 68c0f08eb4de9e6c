/** Replaces secret markers by their values immediately before a call; all other texts keep the marker. */
import { ApplicationFailure } from '@temporalio/common';
import { resolveSecrets, secretsIn, shownSecrets } from '../domain/runbook/secret-marker.js';
import { isSentTo } from '../domain/runbook/hosts.js';
import type { FoundSecret, SecretPort } from '../ports/runbook.js';

/**
 * `values` must be redacted in the response. `sentTo` gives the URL of a step that gets values; the text of another one shows the
 * name.
 */
export async function fillSecrets<Rendered>(
  rendered: Rendered,
  effect: { sentTo?(rendered: Rendered): string },
  secrets: SecretPort | undefined,
): Promise<{ step: Rendered; values: string[] }> {
  if (effect.sentTo === undefined) return { step: shownSecrets(rendered), values: [] };
  const found = new Map<string, Extract<FoundSecret, { kind: 'secret' }>>();
  for (const name of secretsIn(rendered)) {
    const secret = (await secrets?.find(name)) ?? null;
    if (secret === null) throw refuse(`There is no secret "${name}"`);
    if (secret.kind === 'unusable') throw refuse(secret.why);
    found.set(name, secret);
  }
  // All names were resolved above, so no other name occurs.
  const step = resolveSecrets(rendered, (name) => found.get(name)?.value ?? '');
  for (const [name, { hosts }] of found) refuseElsewhere(name, hosts, effect.sentTo(step));
  return { step, values: [...found.values()].map(({ value }) => value) };
}

const refuse = (why: string): ApplicationFailure => ApplicationFailure.nonRetryable(why, 'StepFailed');

/** The author of a runbook chooses the called host, but must not thereby choose the recipient of a secret. */
function refuseElsewhere(name: string, hosts: readonly string[], url: string): void {
  const to = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '', port: '' };
  if (isSentTo(hosts, to)) return;
  const { protocol, hostname, port } = to;
  const place = `${protocol === 'http:' ? 'http://' : ''}${hostname}${port === '' ? '' : `:${port}`}`;
  throw refuse(`The secret "${name}" may not be sent to ${place}, only to ${hosts.join(', ')}`);
}
