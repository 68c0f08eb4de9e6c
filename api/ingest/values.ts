/** `POST /in/<key>/values`: numbers for watches. Stored before the answer; the worker judges them in the order of their times. */
import { PUSHED_MOST, PushedValueBody } from '../../contracts/api/watch.js';
import { databaseTime } from '../../db/connection/database-time.js';
import type { Store } from '../../db/connection/store.js';
import { type PushedValue, storePushedValues } from '../../db/watch/pushed-values.js';
import type { ConfigDocument } from '../../domain/config/specs.js';
import { isObject } from '../../domain/shared/is-object.js';
import { whyNotPushed } from '../../domain/watch/may-push.js';
import { numberOf } from '../../domain/watch/read-answer.js';
import type { FieldError, SourceReply } from '../../integrations/shared/alerts/format.js';
import { bodyTooLarge, invalidBody } from '../../integrations/shared/alerts/problem.js';
import type { Inbound } from './ingest.js';
import type { Rejections } from './rejections.js';
import { unpack } from './unpack.js';

const BODY_MAX = 256 * 1024;
/** Clocks of senders differ by as much; a value further ahead would make all that follow late. */
const AHEAD_MS = 5 * 60_000;
/** Older than any bucket that is kept. */
const OLDEST_MS = 60 * 24 * 3_600_000;

export interface ValuesParts {
  store: Pick<Store, 'dataSource' | 'snapshots'>;
  rejections: Rejections;
}

/** Values that are right are taken, the others are refused by name. */
export async function takeValues(
  { store, rejections }: ValuesParts,
  source: ConfigDocument<'Source'>,
  { raw, headers, client }: Pick<Inbound, 'raw' | 'headers' | 'client'>,
): Promise<SourceReply> {
  const unpacked = await unpack(raw, headers, BODY_MAX);
  if (raw.length > BODY_MAX || unpacked.kind === 'too_large') return bodyTooLarge(BODY_MAX);
  const listed =
    unpacked.kind === 'unreadable'
      ? [error('body', unpacked.message)]
      : listOf(Buffer.from(unpacked.raw).toString());
  const { values, errors } = isErrors(listed)
    ? { values: [], errors: listed }
    : await readValues(store, source, listed);
  if (values.length > 0) await storePushedValues(store.dataSource, values);
  if (errors.length > 0) {
    const body = unpacked.kind === 'unpacked' ? unpacked.raw : raw;
    await rejections.store({
      source: source.name,
      client,
      format: 'values',
      reason: 'invalid value',
      errors,
      body,
    });
  }
  if (values.length === 0) return invalidBody(errors);
  return {
    status: 202,
    body: { accepted: values.length, refused: errors.map(({ path, message }) => ({ path, message })) },
    headers: {},
  };
}

const error = (path: string, message: string): FieldError => ({ path, message });

const isErrors = (list: FieldError[] | { items: unknown[] }): list is FieldError[] => Array.isArray(list);

function listOf(text: string): FieldError[] | { items: unknown[] } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return [error('body', 'is not JSON; for example {"watch": "orders", "value": 12}')];
  }
  const items = isObject(body) && Array.isArray(body['values']) ? (body['values'] as unknown[]) : [body];
  if (items.length === 0) return [error('values', 'at least one value')];
  return items.length > PUSHED_MOST
    ? [error('values', `at most ${PUSHED_MOST} values in one body`)]
    : { items };
}

async function readValues(
  { dataSource, snapshots }: ValuesParts['store'],
  source: ConfigDocument<'Source'>,
  { items }: { items: unknown[] },
): Promise<{ values: PushedValue[]; errors: FieldError[] }> {
  const snapshot = await snapshots.latest(dataSource);
  const now = Date.parse(await databaseTime(dataSource));
  const values: PushedValue[] = [];
  const errors: FieldError[] = [];
  items.forEach((item, index) => {
    const at = items.length === 1 ? '' : `values[${index}].`;
    const parsed = PushedValueBody.safeParse(item);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const path = `${at}${issue?.path.join('.') ?? ''}`.replace(/\.$/, '') || 'body';
      errors.push(error(path, issue?.message ?? 'is not valid'));
      return;
    }
    const { watch: name, value } = parsed.data;
    const watch = snapshot.get('Watch', name);
    const time = parsed.data.at === undefined ? now : Date.parse(parsed.data.at);
    const why = watch === undefined ? `there is no Watch "${name}"` : whyNotPushed(watch, source);
    if (why !== null) errors.push(error(`${at}watch`, why));
    else if (time > now + AHEAD_MS)
      errors.push(error(`${at}at`, `is more than 5 minutes ahead of ${new Date(now).toISOString()}`));
    else if (time < now - OLDEST_MS) errors.push(error(`${at}at`, 'is older than 60 days'));
    else values.push({ watch: name, at: time, value: numberOf(value) ?? 0 });
  });
  return { values, errors };
}
