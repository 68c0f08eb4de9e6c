/** Plans the test pages of this round: once over all replicas, by their keys; in quiet hours they wait. */
import type { DataSource } from 'typeorm';
import { onCallAt } from '../domain/oncall/on-call-at.js';
import { quietEnd } from '../domain/oncall/quiet-end.js';
import { scheduleHistory } from '../domain/oncall/revisions.js';
import { ScheduleError } from '../domain/oncall/schedule.js';
import type { ConfigSnapshot } from '../domain/config/specs.js';
import { effectivePerson } from '../domain/people/effective-person.js';
import { reachabilityRound } from '../domain/people/reachability-round.js';
import type { ConfigSnapshots } from './config-snapshot.js';
import type { ContactMessages } from './contact-messages.js';

/** Answers how many messages were new. */
export async function planReachabilityRound(
  dataSource: DataSource,
  snapshots: ConfigSnapshots,
  messages: ContactMessages,
): Promise<number> {
  const snapshot = await snapshots.latest(dataSource.manager);
  const clock: { now: Date }[] = await dataSource.query('SELECT tocsin_now() AS now');
  const now = (clock[0]?.now ?? new Date()).toISOString();
  let planned = 0;
  for (const { key, ...to } of reachabilityRound(snapshot, onCallNow(snapshot, now), now)) {
    const isNew = await dataSource.transaction((tx) =>
      messages.plan(tx, {
        ...to,
        key,
        askedBy: 'tocsin',
        code: null,
        ...quietUntil(snapshot, to.person, now),
      }),
    );
    if (isNew) planned++;
  }
  return planned;
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

function quietUntil(
  snapshot: ConfigSnapshot,
  person: string,
  now: string,
): { dueAt: string; held: string } | Record<never, never> {
  const spec = effectivePerson(snapshot, person);
  const quiet = spec?.quietHours ?? null;
  if (spec === undefined || quiet === null) return {};
  const endsMs = quietEnd(quiet, spec.timezone, Date.parse(now));
  return endsMs === null
    ? {}
    : { dueAt: new Date(endsMs).toISOString(), held: `quiet hours until ${quiet.to} (${spec.timezone})` };
}
