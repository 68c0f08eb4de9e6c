/**
 * Parts of the response besides pages, run by an incident's workflow: runbooks, the draft, reminders of an overdue
 * post-mortem.
 */
import type { DataSource } from 'typeorm';
import type { IncidentEvent } from '../../domain/incident/events.js';
import type { Reminder } from '../../domain/incident/deadline.js';
import { updateWriter } from '../../domain/incident/owed-updates.js';
import { remindedOf, remindedPeople } from '../../domain/postmortem/overdue-reminder.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { lockIncident } from './incident-row.js';
import type { PostmortemStore } from '../postmortem/postmortem-store.js';
import { readEvents, type Recorder, type RecordOutcome } from './record.js';
import type { RunCommands } from '../runbook/run-commands.js';

export interface OwnRequest {
  incidentId: string;
  afterSeq: number;
  /** False when the incident's workflow calls and gets the events back; true from the pager. */
  tellWorkflow: boolean;
}

type ReminderRequest = OwnRequest & { reminder: number };

export class ResponseStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
    private readonly snapshots: ConfigSnapshots,
    private readonly runs: RunCommands,
    private readonly postmortems: PostmortemStore,
  ) {}

  /**
   * Starts each runbook of the response once; a second call finds them started. A runbook that cannot start is noted
   * on the incident.
   */
  async startRunbooks({ incidentId, afterSeq }: OwnRequest): Promise<IncidentEvent[]> {
    await this.dataSource.transaction(async (tx) => {
      const locked = await lockIncident(tx, incidentId);
      if (locked === null) return;
      const begun = new Set(Object.values(locked.state.runs).map((run) => run.runbook));
      for (const { name, revision } of locked.response.runbooks) {
        if (begun.has(name)) continue;
        const request = {
          incidentId,
          runbook: name,
          revision,
          inputs: {},
          dryRun: false,
          startedBy: 'tocsin',
        };
        const started = await this.runs.startIn(tx, request);
        if (started.kind === 'started') continue;
        const why =
          started.kind === 'invalid_inputs'
            ? started.problems.map((problem) => `${problem.field}: ${problem.problem}`).join('; ')
            : started.kind;
        const text = `The runbook ${name} could not be started: ${why}`.slice(0, 1000);
        await this.recorder.recordIn(tx, { incidentId, actor: 'tocsin', command: { type: 'note', text } });
      }
    });
    return readEvents(this.dataSource, incidentId, afterSeq);
  }

  draftPostmortem({ incidentId, afterSeq, tellWorkflow }: OwnRequest): Promise<RecordOutcome> {
    return this.postmortems.draft(incidentId, { afterSeq, tellWorkflow });
  }

  remindReview(request: ReminderRequest): Promise<RecordOutcome> {
    return this.remind('remind_review', request, remindedPeople);
  }

  remindUpdate(request: ReminderRequest): Promise<RecordOutcome> {
    return this.remind('remind_update', request, (state, snapshot, reminder) => {
      const writer = updateWriter(state);
      return remindedOf({ team: state.team, pending: writer === null ? [] : [writer] }, snapshot, reminder);
    });
  }

  private remind(
    type: Reminder['type'],
    { reminder, ...request }: ReminderRequest,
    told: typeof remindedPeople,
  ): Promise<RecordOutcome> {
    return this.dataSource.transaction(async (tx) => {
      const locked = await lockIncident(tx, request.incidentId);
      if (locked === null) return { kind: 'not_found' };
      const snapshot = await this.snapshots.at(tx, locked.configVersion);
      const people = told(locked.state, snapshot, reminder);
      const command = { type, reminder, people };
      return this.recorder.recordLocked(tx, locked, { ...request, actor: 'tocsin', command });
    });
  }
}
