/** Periodic upkeep of the record, with or without Temporal. */
import type { Logger } from 'pino';
import { each } from '../shared/each.js';
import { repeat } from '../shared/repeat.js';
import { applyRetention } from '../db/connection/housekeeping.js';
import { incidentsWithDueUpdates } from '../db/projections/project-page-updates.js';
import { planReachabilityRound } from '../db/people/reachability-check.js';
import { compareZoneData } from '../db/oncall/zone-data-store.js';
import { closeExpiredAlerts } from '../db/alert/expired-alerts.js';
import { closeStaleAlerts } from '../db/alert/stale-alerts.js';
import { InhibitionUpkeep } from '../db/alert/inhibition-upkeep.js';
import { judgeHeldAlerts } from '../db/alert/held-alerts.js';
import { endCleared, releaseSilenced, remindOwners } from '../db/alert/silence-upkeep.js';
import { reportRefusedMessages } from '../db/alert/refused-messages.js';
import type { Store } from '../db/connection/store.js';
import type { LedgerFollower } from '../dispatch/ledger-follower.js';

const SWEEP_MS = 5_000;
const UPDATES_MS = 1_000;
const SILENCES_MS = 1_000;
const REACHABILITY_MS = 60_000;
const DIGESTS_MS = 2_000;
const REFUSED_MS = 30_000;
const STALE_MS = 15_000;
const HEARTBEATS_MS = 5_000;
const ZONE_DATA_MS = 600_000;
const RETENTION_EVERY_MS = 600_000;

export interface UpkeepParts {
  store: Store;
  ledgerFollower: LedgerFollower;
  log: Logger;
}

/** Each task runs by itself: a failure is logged and the task runs again at its next tick. */
export function startUpkeep({ store, ledgerFollower, log }: UpkeepParts): { stop(): Promise<void> } {
  const { dataSource } = store;
  const inhibitions = new InhibitionUpkeep();
  const rounds = [
    repeat(
      SWEEP_MS,
      () =>
        each(
          () => closeExpiredAlerts(store, 200),
          () => judgeHeldAlerts(store, 500),
          () => store.drills.abortForRealIncidents(),
          () => store.goneResponders.release(),
        ),
      (error) => log.warn({ error }, 'a sweep failed'),
    ),
    repeat(
      STALE_MS,
      async () => void (await closeStaleAlerts(store, 500)),
      (error) => log.warn({ error }, 'stale alerts could not be closed'),
    ),
    repeat(
      HEARTBEATS_MS,
      () => store.heartbeats.check(),
      (error) => log.warn({ error }, 'heartbeats could not be judged'),
    ),
    repeat(
      UPDATES_MS,
      async () => {
        const due = await incidentsWithDueUpdates(dataSource, 200);
        await each(...due.map((incidentId) => () => ledgerFollower.onNotify(incidentId)));
      },
      (error) => log.warn({ error }, 'pages could not be kept up to date'),
    ),
    repeat(
      SILENCES_MS,
      () =>
        each(
          () => endCleared(dataSource, store.snapshots),
          () => releaseSilenced(store),
          () => inhibitions.release(store),
        ),
      (error) => log.warn({ error }, 'what ended silences held could not be released'),
    ),
    repeat(
      REFUSED_MS,
      () => remindOwners({ dataSource, snapshots: store.snapshots, messages: store.contactMessages }),
      (error) => log.warn({ error }, 'reminders of silences could not be planned'),
    ),
    repeat(
      REACHABILITY_MS,
      () => planReachabilityRound(dataSource, store.snapshots, store.contactMessages),
      (error) => log.warn({ error }, 'the round of test pages could not be planned'),
    ),
    repeat(
      DIGESTS_MS,
      async () => {
        const due = await store.digestSweep.sweep();
        await each(...due.map((digest) => () => store.digests.finish(digest)));
      },
      (error) => log.warn({ error }, 'digests could not be looked at'),
    ),
    repeat(
      REFUSED_MS,
      () => reportRefusedMessages(dataSource, store.snapshots, store.contactMessages),
      (error) => log.warn({ error }, 'refused messages could not be looked at'),
    ),
    repeat(
      ZONE_DATA_MS,
      async () => {
        for (const change of await compareZoneData(dataSource, await store.snapshots.latest(dataSource)))
          log.warn({ change }, 'newer zone data move the clocks of a zone in use');
      },
      (error) => log.warn({ error }, 'zone data could not be compared'),
    ),
    repeat(
      RETENTION_EVERY_MS,
      () =>
        applyRetention(dataSource, {
          onError: (error, table) =>
            log.warn({ error, table }, 'what is old in a table could not be deleted'),
        }),
      (error) => log.warn({ error }, 'what is old could not be deleted'),
    ),
  ];
  return {
    async stop() {
      await Promise.all(rounds.map((round) => round.stop()));
    },
  };
}
