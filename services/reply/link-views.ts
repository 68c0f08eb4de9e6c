/** Views of link pages, by the kind of the link. Reading changes nothing. */
import type { DataSource } from 'typeorm';
import type { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { readPositions } from '../../db/escalation/round-robin.js';
import { type Answers, getAnswers } from '../../db/incident/answers-view.js';
import { getIncident, type IncidentDetail } from '../../db/incident/incident-view.js';
import { getNewest, type TimelineItem } from '../../db/incident/timeline-view.js';
import { getNames } from '../../db/people/names-view.js';
import { type DigestReply, getDigest } from '../../db/postmortem/digest-view.js';
import {
  changesSince,
  getPostmortem,
  type PostmortemReply,
  type SectionChange,
} from '../../db/postmortem/postmortem-view.js';
import type { LinkStore, OpenedLink } from '../../db/reply/link-store.js';
import { type ApprovalView, getRun, listRuns, type RunView } from '../../db/runbook/run-view.js';
import { type DisplayNames, displayNamesIn } from '../../domain/config/display-names.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { endedBy } from '../../steps/registry.js';
import { type EscalationPreview, previewOf } from '../escalation/escalation-preview.js';

export type { AlertReply } from '../../db/alert/alert-view.js';
export type {
  Answers,
  ApprovalView,
  DigestReply,
  IncidentDetail,
  OpenedLink,
  PostmortemReply,
  RunView,
  SectionChange,
};

type StepView = RunView['steps'][number];

/** A step that waits for a person; `content`: what its approval asks about, exactly as its digest covers it. */
export interface WaitingStepView {
  run: RunView;
  step: StepView;
  approval: { of: ApprovalView; content: unknown } | null;
}

export interface PageLinkData {
  detail: IncidentDetail | null;
  /** Results of diagnostics, newest first. */
  diagnostics: TimelineItem[];
  /** Declined pages, newest first. */
  declined: TimelineItem[];
  previews: EscalationPreview[];
  answers: Answers;
  waiting: WaitingStepView[];
}

/** A sentence: there is nothing to approve any more. */
export type ApprovalLinkData =
  { run: RunView; step: string; approval: ApprovalView; content: unknown } | string;

export interface ReviewLinkData {
  postmortem: PostmortemReply;
  /** Revision of this person's last review; 0: there was none. */
  lastLook: number;
  /** Changes since then; null without an earlier review, or without changes. */
  changes: readonly SectionChange[] | null;
}

export class LinkViews {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly links: LinkStore,
  ) {}

  /** Null when there is no such link; accepts any text. */
  open(token: string): Promise<OpenedLink | null> {
    return this.links.open(token);
  }

  /** A nonce for the hidden field of one form. */
  mintNonce(link: OpenedLink): Promise<string> {
    return this.links.mintNonce(link);
  }

  snapshot(): Promise<ConfigSnapshot> {
    return this.snapshots.latest(this.dataSource);
  }

  /** Display names of people, and of the documents in force. */
  async names(): Promise<DisplayNames> {
    return displayNamesIn(await this.snapshot(), await getNames(this.dataSource));
  }

  async page(
    { incident, response, now }: OpenedLink,
    { snapshot, isOpen }: { snapshot: ConfigSnapshot; isOpen: boolean },
  ): Promise<PageLinkData> {
    const detail = await getIncident(this.dataSource, incident.id);
    const positions = await readPositions(this.dataSource, { isDrill: incident.drill !== null });
    return {
      detail,
      diagnostics: await getNewest(this.dataSource, incident.id, ['diagnostic_finished']),
      declined: await getNewest(this.dataSource, incident.id, ['declined']),
      previews: previewOf(incident, response, snapshot, now, positions),
      answers: await getAnswers(this.dataSource, incident.id),
      waiting: isOpen ? await this.waitingSteps(incident.id) : [],
    };
  }

  private async waitingSteps(incidentId: string): Promise<WaitingStepView[]> {
    const runs = await listRuns(this.dataSource, incidentId);
    const waiting = runs
      .filter(({ state }) => state === 'running' || state === 'waiting')
      .flatMap((run) => run.steps.filter(({ state }) => state === 'waiting').map((step) => ({ run, step })));
    return Promise.all(
      waiting.map(async ({ run, step }) => {
        const { approval: of } = step;
        if (of === null || endedBy(step.kind) !== 'approval') return { run, step, approval: null };
        return { run, step, approval: { of, content: await this.links.approvalContent(of.id) } };
      }),
    );
  }

  async approval({ subject }: OpenedLink): Promise<ApprovalLinkData> {
    const { run: runId, step: stepId, id } = subject;
    const run = typeof runId === 'string' ? await getRun(this.dataSource, runId) : null;
    const step = run?.steps.find((one) => one.id === stepId);
    const approval = step?.approval ?? null;
    if (run === null || step === undefined || approval === null)
      return 'What this link asked about no longer exists.';
    if (approval.id !== id) return 'A newer request replaces this one; use the link in the newer message.';
    return { run, step: step.id, approval, content: await this.links.approvalContent(approval.id) };
  }

  digest({ now }: OpenedLink, name: string): Promise<DigestReply | null> {
    return getDigest(this.dataSource, name, now);
  }

  /** Null when there is no post-mortem any more. */
  async review({ incident, person }: OpenedLink): Promise<ReviewLinkData | null> {
    const postmortem = await getPostmortem(this.dataSource, incident.id);
    if (postmortem === null) return null;
    const lastLook = postmortem.reviews.find((review) => review.person === person.name)?.revision ?? 0;
    const changes =
      lastLook > 0 && lastLook < postmortem.revision
        ? await changesSince(this.dataSource, incident.id, lastLook)
        : null;
    return { postmortem, lastLook, changes };
  }
}
