/** Syncs Temporal Schedules with Drill documents that have a cron: creates, updates and removes them. */
import {
  type Client,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleSpec,
} from '@temporalio/client';
import type { Store } from '../db/connection/store.js';
import { temporalCron } from '../domain/shared/cron.js';
import { scheduledDrillId } from '../domain/shared/workflow-ids.js';
import { taskQueues } from '../workflows/messages.js';

/** A schedule has the id of the workflows that it starts. */
const PREFIX = scheduledDrillId('');
/** A drill missed by less than this (a restart) is caught up; otherwise it waits for its next time. */
const CATCH_UP = '10 minutes';

export async function syncDrillSchedules({ snapshots, dataSource }: Store, client: Client): Promise<void> {
  const drills = (await snapshots.latest(dataSource)).list('Drill');
  const wanted = new Map(
    drills.flatMap(({ name, spec }) => (spec.schedule === null ? [] : [[name, spec.schedule] as const])),
  );
  const known = new Set<string>();
  for await (const { scheduleId } of client.schedule.list()) {
    if (scheduleId.startsWith(PREFIX)) known.add(scheduleId.slice(PREFIX.length));
  }
  for (const name of known) if (!wanted.has(name)) await removed(client, name);
  for (const [name, { cron, timezone }] of wanted) {
    await put(client, name, known.has(name), { cronExpressions: [temporalCron(cron)], timezone });
  }
}

async function put(client: Client, name: string, exists: boolean, spec: ScheduleSpec): Promise<void> {
  const action = {
    type: 'startWorkflow' as const,
    workflowType: 'drill',
    // The id names the drill; the record decides whether it is due (`db/drill/start-drill.ts`).
    workflowId: scheduledDrillId(name),
    taskQueue: taskQueues.incident,
    args: [],
  };
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP };
  if (exists) {
    await client.schedule
      .getHandle(PREFIX + name)
      .update((previous) => ({ ...previous, spec, action, policies }));
  } else {
    await client.schedule.create({ scheduleId: PREFIX + name, spec, action, policies });
  }
}

async function removed(client: Client, name: string): Promise<void> {
  try {
    await client.schedule.getHandle(PREFIX + name).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
