/** Asks a Prometheus for a metric, through egress. Never throws: what keeps a number from coming is the answer. */
import type { EgressOutcome, EgressPort } from '../../ports/egress.js';
import type { SecretPort } from '../../ports/runbook.js';
import { isSentTo } from '../../domain/runbook/hosts.js';
import { hiding } from '../../domain/shared/secret-forms.js';
import { readAnswer, readRange, type ReadAnswer, type ReadRange } from '../../domain/watch/read-answer.js';
import type { MetricQuery } from '../../domain/watch/watch-spec.js';
import type { OriginLimit } from './origin-limit.js';

const TIMEOUT_MS = 10_000;
const RANGE_TIMEOUT_MS = 30_000;
/** One number is some hundred bytes; a hundred series are an error in the query. */
const ANSWER_MAX = 64 * 1024;
const RANGE_MAX = 2 * 1024 * 1024;

export interface MetricParts {
  egress: EgressPort;
  secrets: SecretPort;
  origins: OriginLimit;
  /** Of an instant query; only tests set it. */
  timeoutMs?: number;
}

type Cannot = { kind: 'not_judged'; why: string };

/** `before`: the time in the answer before this one. */
export async function askMetric(
  parts: MetricParts,
  metric: MetricQuery,
  before: number | null,
): Promise<ReadAnswer> {
  const asked = await ask(parts, metric, {
    path: 'query',
    parameters: { timeout: `${TIMEOUT_MS / 1000}s` },
    timeoutMs: parts.timeoutMs ?? TIMEOUT_MS,
    maxBytes: ANSWER_MAX,
  });
  return asked.kind === 'not_judged' ? asked : asked.hide(readAnswer(asked.body, before));
}

export interface Range {
  from: number;
  to: number;
  stepMs: number;
}

export async function askRange(
  parts: MetricParts,
  metric: MetricQuery,
  { from, to, stepMs }: Range,
): Promise<ReadRange> {
  const asked = await ask(parts, metric, {
    path: 'query_range',
    parameters: {
      start: String(from / 1000),
      end: String(to / 1000),
      step: String(stepMs / 1000),
      timeout: `${RANGE_TIMEOUT_MS / 1000}s`,
    },
    timeoutMs: RANGE_TIMEOUT_MS,
    maxBytes: RANGE_MAX,
  });
  return asked.kind === 'not_judged' ? asked : asked.hide(readRange(asked.body));
}

interface Call {
  path: string;
  parameters: Record<string, string>;
  timeoutMs: number;
  maxBytes: number;
}

type Answered = { kind: 'answered'; body: string; hide: <T extends { kind: string }>(read: T) => T };

async function ask(
  { egress, secrets, origins }: MetricParts,
  metric: MetricQuery,
  { path, parameters, timeoutMs, maxBytes }: Call,
): Promise<Answered | Cannot> {
  const url = new URL(`${metric.url.replace(/\/+$/, '')}/api/v1/${path}`);
  for (const [name, value] of Object.entries({ query: metric.query, ...parameters }))
    url.searchParams.set(name, value);
  const credential = await credentialFor(secrets, metric, url);
  if (credential.kind === 'not_judged') return credential;
  const asked = await origins.ask(
    url.href,
    () =>
      egress.request({
        method: 'GET',
        url: url.href,
        headers: { accept: 'application/json', ...credential.headers },
        timeoutMs,
        maxBytes,
      }),
    (outcome) =>
      outcome.kind === 'unreachable' || outcome.kind === 'interrupted' ? whyNot(url, outcome) : null,
  );
  if (asked.kind === 'not_asked') return { kind: 'not_judged', why: asked.why };
  const hide = hiding(credential.values);
  const cannot = (why: string): Cannot => ({ kind: 'not_judged', why: hide(why) });
  const outcome = asked.answer;
  if (outcome.kind !== 'answered') return cannot(whyNot(url, outcome));
  const { status, body, truncated } = outcome;
  if (truncated) return cannot(`${url.host} answered more than ${maxBytes / 1024} KiB`);
  // Prometheus says with 400 and 422 in JSON what is wrong with a query.
  if (status !== 200 && !/^\s*\{/.test(body)) return cannot(`${url.host} answered ${status}`);
  return {
    kind: 'answered',
    body,
    hide: (read) => ('why' in read && typeof read.why === 'string' ? { ...read, why: hide(read.why) } : read),
  };
}

function whyNot(url: URL, outcome: Exclude<EgressOutcome, { kind: 'answered' }>): string {
  return outcome.kind === 'refused'
    ? `${url.host} may not be asked: ${outcome.reason}`
    : `${url.host} did not answer: ${outcome.reason}`;
}

type Credential = { kind: 'found'; headers: Record<string, string>; values: string[] } | Cannot;

async function credentialFor(secrets: SecretPort, { auth }: MetricQuery, url: URL): Promise<Credential> {
  if (auth === undefined) return { kind: 'found', headers: {}, values: [] };
  const name = 'bearer' in auth ? auth.bearer : auth.password;
  const secret = await secrets.find(name);
  if (secret === null) return { kind: 'not_judged', why: `there is no secret "${name}"` };
  if (secret.kind === 'unusable') return { kind: 'not_judged', why: secret.why };
  // Who edits a watch chooses the address, but must not thereby choose who gets a secret.
  if (!isSentTo(secret.hosts, url))
    return {
      kind: 'not_judged',
      why: `the secret "${name}" may not be sent to ${url.host}, only to ${secret.hosts.join(', ')}`,
    };
  const basic = (username: string): string => Buffer.from(`${username}:${secret.value}`).toString('base64');
  const shown = 'bearer' in auth ? secret.value : basic(auth.username);
  return {
    kind: 'found',
    headers: { authorization: `${'bearer' in auth ? 'Bearer' : 'Basic'} ${shown}` },
    values: [secret.value, shown],
  };
}
