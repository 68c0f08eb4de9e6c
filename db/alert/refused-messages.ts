/** Reports messages of known sources that were refused in the last day (watchdog `sources`), and notifies the owners. */
import type { DataSource } from 'typeorm';
import {
  FORMER_KEY,
  type RefusedMessages,
  refusedMessagesText,
} from '../../domain/alert/refused-messages.js';
import { ownerNotices } from '../../domain/alert/owner-notices.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import type { ContactMessages } from '../people/contact-messages.js';
import { reportWatchdog } from '../health/watchdogs.js';
import { databaseTime } from '../connection/database-time.js';

/** Rejections whose only errors are resolves or acknowledges without a key: recorded, without an alarm. */
const PAGES_NOBODY = `(errors <> '[]' AND NOT EXISTS (
          SELECT 1 FROM jsonb_array_elements(errors) e WHERE e->>'pagesNobody' IS DISTINCT FROM 'true'))`;
/** The newest messages of a flood are enough. */
const LOOKED_AT = 10_000;

export async function reportRefusedMessages(
  dataSource: DataSource,
  snapshots: Pick<ConfigSnapshots, 'latest'>,
  messages: Pick<ContactMessages, 'plan'>,
): Promise<void> {
  const snapshot = await snapshots.latest(dataSource.manager);
  const rows: { source: string; count: string; reason: string | null; newest_at: Date }[] =
    await dataSource.query(
      `SELECT source, count(*) AS count, max(at) AS newest_at, left((array_agg(errors->0->>'message' ORDER BY at DESC))[1], 200) AS reason
       FROM (SELECT source, at, errors, reason AS why FROM rejection WHERE at > tocsin_now() - interval '24 hours'
              ORDER BY at DESC LIMIT $1) newest
      WHERE (source = ANY ($2) OR why = $3) AND NOT ${PAGES_NOBODY} GROUP BY source ORDER BY max(at) DESC`,
      // Refusals from before a source was deleted are over; messages that still arrive with its key are not.
      [LOOKED_AT, snapshot.list('Source').map(({ name }) => name), FORMER_KEY],
    );
  const refused = rows.flatMap(({ source, count, reason, newest_at }): RefusedMessages[] => {
    const document = snapshot.get('Source', source);
    const service = document?.spec.service ?? document?.spec.routes?.[0]?.service;
    const team = service === undefined ? null : (snapshot.get('Service', service)?.spec.team ?? null);
    return [
      {
        source,
        team,
        count: Number(count),
        reason: reason ?? 'no reason was kept',
        newestAt: newest_at.toISOString(),
      },
    ];
  });
  await reportWatchdog(dataSource, {
    name: 'sources',
    ...refusedMessagesText(refused),
    detail: { sources: refused },
  });
  if (refused.length > 0) await planOwnerNotices(dataSource, snapshot, messages, refused);
}

/** Value of `requested_by` in these notices and in no other message: no short name of a person contains a slash. */
const requestedBy = (source: string): string => `source/${source}`;

/** Plans all notices or none: the next day of a source counts from any of its notices. */
async function planOwnerNotices(
  dataSource: DataSource,
  snapshot: ConfigSnapshot,
  messages: Pick<ContactMessages, 'plan'>,
  refused: readonly RefusedMessages[],
): Promise<void> {
  const now = await databaseTime(dataSource);
  const rows: { requested_by: string; id: string; at: Date }[] = await dataSource.query(
    `SELECT DISTINCT ON (requested_by) requested_by, id, created_at AS at FROM contact_message
      WHERE kind = 'notice' AND requested_by = ANY ($1) ORDER BY requested_by, created_at DESC, id`,
    [refused.map(({ source }) => requestedBy(source))],
  );
  const last = new Map(
    rows.map(({ requested_by, id, at }) => [
      requested_by.slice(requestedBy('').length),
      { id, at: at.toISOString() },
    ]),
  );
  const notices = ownerNotices(refused, last, snapshot, now);
  if (notices.length === 0) return;
  await dataSource.transaction(async (tx) => {
    for (const { source, title, text, ...message } of notices)
      await messages.plan(tx, {
        ...message,
        requestedBy: requestedBy(source),
        code: null,
        notice: { title, text },
      });
  });
}
