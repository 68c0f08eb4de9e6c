/**
 * Activities of a drill: the record contains the run and its incident, the workflow keeps the time. Each takes an id, and the
 * record decides whether it is due: `leftMs` is the remaining time, 0 when it is done or cancelled.
 */
import type { DrillPort, DrillStartsPort } from '../ports/drill.js';

export interface Due {
  leftMs: number;
}

export const createDrillActivities = (drills: DrillPort, starts: DrillStartsPort) => ({
  /** A schedule fired. The drill starts once, and only when its document says that it is due. */
  startDrill: ({ drill }: { drill: string }): Promise<void> => starts.startDue(drill),

  openDrill: ({ drillRunId }: { drillRunId: string }) => drills.open(drillRunId),

  async injectIntoDrill({ drillRunId, index }: { drillRunId: string; index: number }): Promise<Due> {
    return { leftMs: await drills.inject(drillRunId, index) };
  },

  async finishDrill({ drillRunId }: { drillRunId: string }): Promise<Due> {
    return { leftMs: await drills.finishWhenOver(drillRunId) };
  },

  async scoreDrill({ drillRunId }: { drillRunId: string }): Promise<void> {
    await drills.score(drillRunId);
  },
});

export type DrillActivities = ReturnType<typeof createDrillActivities>;
