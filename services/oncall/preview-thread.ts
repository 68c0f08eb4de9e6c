/** Previews of schedules in a worker thread (`schedules.service.ts`). */
import { answerJobs } from '../../shared/thread.js';
import { fromPlain, type PlainSnapshot } from '../common/plain-snapshot.js';
import type { Problem as DocumentProblem } from '../../domain/config/references.js';
import type { ScheduleSpec } from '../../domain/oncall/schedule-spec.js';
import { checkScheduleEdit, editedHistory } from '../../domain/oncall/check-edit.js';
import { compareShifts, type ShiftChange } from '../../domain/oncall/compare-shifts.js';
import { resolve } from '../../domain/oncall/resolve-shifts.js';
import { scheduleHistory } from '../../domain/oncall/revisions.js';
import { type Gap, ScheduleError } from '../../domain/oncall/schedule.js';

const DAY_MS = 86_400_000;

export interface Preview {
  effectiveFrom: string;
  from: string;
  to: string;
  changes: ShiftChange[];
  gaps: Gap[];
  problems: Pick<DocumentProblem, 'severity' | 'path' | 'message'>[];
}

export interface PreviewJob {
  snapshot: PlainSnapshot;
  name: string;
  spec: ScheduleSpec;
  days: number;
  now: string;
}

export type PreviewAnswer = Preview | { refused: string };

answerJobs((job: PreviewJob): PreviewAnswer => {
  try {
    return preview(job);
  } catch (error) {
    if (error instanceof ScheduleError) return { refused: error.message };
    throw error;
  }
});

function preview({ snapshot: plain, name, spec, days, now }: PreviewJob): Preview {
  const snapshot = fromPlain(plain);
  const history = scheduleHistory(snapshot, name);
  const edited = editedHistory(history, spec, now);
  const effectiveFrom = edited.revisions.at(-1)?.effectiveFrom ?? now;
  const from = effectiveFrom > now ? effectiveFrom : now;
  const to = new Date(Date.parse(from) + days * DAY_MS).toISOString();
  const after = resolve(edited, from, to);
  const before =
    history === undefined ? { ...after, items: [], gaps: [{ from, to }] } : resolve(history, from, to);
  const problems = checkScheduleEdit(name, spec, { before: snapshot, after: snapshot, now });
  return {
    effectiveFrom,
    from,
    to,
    changes: compareShifts(before, after),
    gaps: after.gaps,
    problems: problems.map(({ severity, path, message }) => ({ severity, path, message })),
  };
}
