/** Plans test pages for people on call who are due for one. Replicas plan each message once, by its key. */
import type { DataSource } from 'typeorm';
import { onCallAt } from '../../domain/oncall/on-call-at.js';
import { scheduleHistory } from '../../domain/oncall/revisions.js';
import { ScheduleError } from '../../domain/oncall/schedule.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import {
  type LastRound,
  reachabilityCheck,
  roundEvery,
  type RoundMessage,
} from '../../domain/people/reachability-check.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import type { ContactMessages } from './contact-messages.js';
import { databaseTime } from '../connection/database-time.js';

/** Value of `requested_by` in these messages and in no others. */
const REQUESTED_BY = 'tocsin';

/** Returns the number of new messages. */
export async function planReachabilityRound(
  dataSource: DataSource,
  snapshots: ConfigSnapshots,
  messages: ContactMessages,
): Promise<number> {
  const snapshot = await snapshots.latest(dataSource.manager);
  if (roundEvery(snapshot) === null) return 0;
  const now = await databaseTime(dataSource);
  const onCall = onCallNow(snapshot, now);
  const due = reachabilityCheck(snapshot, onCall, await lastRounds(dataSource, onCall), now);
  let planned = 0;
  for (const name of new Set(due.map(({ person }) => person)))
    planned += await planAll(
      dataSource,
      messages,
      due.filter(({ person }) => person === name),
    );
  return planned;
}

/** All of one person's messages or none: the next round counts from any of them. */
const planAll = (
  dataSource: DataSource,
  messages: ContactMessages,
  own: readonly RoundMessage[],
): Promise<number> =>
  dataSource.transaction(async (tx) => {
    let planned = 0;
    for (const message of own)
      if (await messages.plan(tx, { ...message, requestedBy: REQUESTED_BY, code: null })) planned++;
    return planned;
  });

async function lastRounds(
  dataSource: DataSource,
  people: readonly string[],
): Promise<Map<string, LastRound>> {
  const rows: { person: string; id: string; at: Date }[] = await dataSource.query(
    `SELECT DISTINCT ON (person) person, id, greatest(created_at, sent_at, due_at) AS at FROM contact_message
      WHERE person = ANY($1) AND kind = 'test' AND requested_by = $2 ORDER BY person, created_at DESC, id`,
    [people, REQUESTED_BY],
  );
  return new Map(rows.map(({ person, id, at }) => [person, { id, at: at.toISOString() }]));
}

function onCallNow(snapshot: ConfigSnapshot, now: string): string[] {
  return snapshot.list('Schedule').flatMap(({ name }) => {
    const history = scheduleHistory(snapshot, name);
    if (history === undefined) return [];
    try {
      return onCallAt(history, now).person ?? [];
    } catch (error) {
      if (error instanceof ScheduleError) return [];
      throw error;
    }
  });
}
