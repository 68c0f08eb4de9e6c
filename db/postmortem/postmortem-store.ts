/**
 * Writes post-mortems: draft from the record, edit, submit for review. Each is one transaction through `record`,
 * which decides under the row lock. Reviewers' decisions and waivers have no text and call `record` directly.
 */
import type { DataSource, EntityManager } from 'typeorm';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { Actor } from '../../domain/incident/state.js';
import {
  type BusinessCalendar,
  dueAt,
  organisationCalendar,
  teamCalendar,
} from '../../domain/oncall/business-days.js';
import { draftPostmortem } from '../../domain/postmortem/draft.js';
import { isDraftDue } from '../../domain/postmortem/fold-review.js';
import { missingSections } from '../../domain/postmortem/required-sections.js';
import { chooseReviewers } from '../../domain/postmortem/reviewers.js';
import {
  changedSections,
  patchedSections,
  type Sections,
  tooLongSection,
} from '../../domain/postmortem/sections.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { type LockedIncident, lockIncident } from '../incident/incident-row.js';
import { actionItemsDiffer, readSections } from './postmortem-rows.js';
import { type ActionItemEdit, PostmortemAttachment } from '../projections/project-review.js';
import type { Recorder, RecordOutcome, RecordRequest } from '../incident/record.js';
import { readRecordedFacts } from '../incident/recorded-facts.js';

/** Minimum review time, however late the text was submitted. */
const SHORTEST_REVIEW = '1bd';

export interface PostmortemEdit {
  incidentId: string;
  actor: Actor;
  onBehalfOf?: string | undefined;
  /** Sections left out stay unchanged. */
  sections: Partial<Sections>;
  /** The whole list of open items; left out: unchanged. */
  actionItems?: ActionItemEdit[];
  /** The revision that the writer saw; a change is refused when another one is current (`edited_meanwhile`). */
  revision?: number;
  idempotencyKey?: string;
  idempotencyDigest?: string;
}

/** Options of the incident's own workflow, which gets the events as the result. */
export type Answering = Pick<
  RecordRequest,
  'tellWorkflow' | 'afterSeq' | 'idempotencyKey' | 'idempotencyDigest' | 'onBehalfOf'
>;

type CommandRequest = Omit<RecordRequest, 'command' | 'attachment'>;

/** Context of one transaction, under the lock of the incident's row. */
interface Work {
  tx: EntityManager;
  commandRequest: CommandRequest;
  locked: LockedIncident;
  snapshot: ConfigSnapshot;
  calendar: BusinessCalendar;
}

export class PostmortemStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  /**
   * Creates the draft; `unchanged` when there is one. Its due time counts from the resolution. Called by the
   * workflow's activity.
   */
  draft(incidentId: string, answering: Answering = {}): Promise<RecordOutcome> {
    return this.work({ incidentId, actor: 'tocsin', ...answering }, (work) => this.draftIn(work));
  }

  /** Changes sections and action items. A change voids earlier approvals. */
  edit({
    incidentId,
    actor,
    onBehalfOf,
    idempotencyKey,
    idempotencyDigest,
    ...patch
  }: PostmortemEdit): Promise<RecordOutcome> {
    return this.work({ incidentId, actor, onBehalfOf, idempotencyKey, idempotencyDigest }, async (given) => {
      const work = await this.withDraft(given);
      const { tx, locked } = work;
      const tooLong = tooLongSection(patch.sections);
      if (tooLong !== null)
        return refusal(work, 'section_too_long', `${tooLong}; link to the details instead`);

      const before = await readSections(tx, incidentId);
      const changed: string[] = changedSections(before, patch.sections);
      const { actionItems } = patch;
      if (actionItems !== undefined && (await actionItemsDiffer(tx, incidentId, actionItems)))
        changed.push('actionItems');
      const current = locked.state.postmortem.revision;
      if (changed.length > 0 && patch.revision !== undefined && patch.revision !== current) {
        const seen = `You wrote on revision ${patch.revision}, now revision ${current} is in force`;
        return refusal(work, 'edited_meanwhile', `${seen}; reload and merge your text into it`);
      }
      const content = { sections: patchedSections(before, patch.sections), actionItems };
      return this.recordIn(work, { type: 'edit_postmortem', sections: changed }, content);
    });
  }

  /**
   * Submits to the reviewers. The actor, or the person for whom an API key acts, becomes the author and cannot
   * approve. Measures the facts again.
   */
  submit(incidentId: string, actor: Actor, answering: Answering = {}): Promise<RecordOutcome> {
    return this.work({ incidentId, actor, ...answering }, async (given) => {
      const work = await this.withDraft(given);
      const { state, response, now } = work.locked;
      const author = answering.onBehalfOf ?? actor;
      const sections = await readSections(work.tx, incidentId);
      const missing = missingSections(state.postmortem.kind, sections);
      const { reviewers } = chooseReviewers({ state, response, snapshot: work.snapshot, author });
      const due = later(state.postmortem.due, dueAt(SHORTEST_REVIEW, now, work.calendar));
      const { facts } = draftPostmortem(await readRecordedFacts(work.tx, state, serviceOf(work)));
      const command = { type: 'submit_postmortem', author, missing, reviewers, due } as const;
      return this.recordIn(work, command, { sections, facts });
    });
  }

  private work(
    commandRequest: CommandRequest,
    act: (work: Work) => Promise<RecordOutcome>,
  ): Promise<RecordOutcome> {
    return this.dataSource.transaction(async (tx) => {
      const locked = await lockIncident(tx, commandRequest.incidentId);
      if (locked === null) return { kind: 'not_found' };
      const snapshot = await this.snapshots.at(tx, locked.configVersion);
      const team = snapshot.get('Team', locked.state.team)?.spec;
      return act({
        tx,
        commandRequest,
        locked,
        snapshot,
        calendar: team === undefined ? organisationCalendar(snapshot) : teamCalendar(team),
      });
    });
  }

  private recordIn(
    { tx, locked, commandRequest }: Pick<Work, 'tx' | 'locked' | 'commandRequest'>,
    command: IncidentCommand,
    content: PostmortemAttachment['content'],
  ): Promise<RecordOutcome> {
    return this.recorder.recordLocked(tx, locked, {
      ...commandRequest,
      command,
      attachment: new PostmortemAttachment(content),
    });
  }

  private async draftIn(work: Work): Promise<RecordOutcome> {
    const { state, response, now } = work.locked;
    const content = draftPostmortem(await readRecordedFacts(work.tx, state, serviceOf(work)));
    const from = state.postmortem.since ?? state.resolvedAt ?? now;
    const due = dueAt(response.postmortem.due, from, work.calendar);
    return this.recordIn(work, { type: 'draft_postmortem', due }, content);
  }

  /** While Temporal is down no workflow creates the draft: the engine creates it before the first edit. */
  private async withDraft(work: Work): Promise<Work> {
    const { state } = work.locked;
    if (!isDraftDue(state)) return work;
    const commandRequest = { incidentId: state.id, actor: 'tocsin' };
    const outcome = await this.draftIn({ ...work, commandRequest });
    return outcome.kind === 'accepted' ? { ...work, locked: { ...work.locked, state: outcome.state } } : work;
  }
}

const refusal = ({ locked }: Work, code: string, detail: string): RecordOutcome => ({
  kind: 'refused',
  code,
  detail,
  state: locked.state,
  events: [],
});

const serviceOf = ({ locked, snapshot }: Work) =>
  locked.state.service === null ? null : (snapshot.get('Service', locked.state.service)?.spec ?? null);

const later = (one: string | null, other: string): string =>
  one !== null && Date.parse(one) > Date.parse(other) ? one : other;
