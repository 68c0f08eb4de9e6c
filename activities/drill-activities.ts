/** The effects of a drill: the run and its incident live in the record, the workflow keeps the time. */
import type { DrillSpec } from '../domain/config/specs.js';
import type { IncidentResponse } from '../domain/incident/response.js';
import type { IncidentState } from '../domain/incident/state.js';

export interface DrillPort {
  /** Refused while something real is open: it is on record, and the next time of the schedule counts. */
  start(drill: string, actor: string, id: string): Promise<unknown>;
  open(id: string): Promise<{
    spec: DrillSpec;
    incident: IncidentState;
    response: IncidentResponse;
    startedAt: string;
  } | null>;
  inject(id: string, index: number): Promise<void>;
  finish(id: string, how: { state: 'finished' }): Promise<unknown>;
  score(id: string): Promise<unknown>;
}

export const createDrillActivities = (drills: DrillPort) => ({
  /** A schedule fired. `runKey` (the workflow's run id) makes a repeated call the same run. */
  async startDrill({ drill, runKey }: { drill: string; runKey: string }): Promise<void> {
    await drills.start(drill, 'tocsin', runKey);
  },

  openDrill: ({ drillRunId }: { drillRunId: string }) => drills.open(drillRunId),

  injectIntoDrill: ({ drillRunId, index }: { drillRunId: string; index: number }) =>
    drills.inject(drillRunId, index),

  async finishDrill({ drillRunId }: { drillRunId: string }): Promise<void> {
    await drills.finish(drillRunId, { state: 'finished' });
  },

  async scoreDrill({ drillRunId }: { drillRunId: string }): Promise<void> {
    await drills.score(drillRunId);
  },
});

export type DrillActivities = ReturnType<typeof createDrillActivities>;
