/** Opened link → its page: reads the data for the kind of link, and mints the nonce of its form. */
import { Inject, Injectable } from '@nestjs/common';
import type { ReactElement } from 'react';
import { LinkStore, type OpenedLink } from '../../db/reply/link-store.js';
import type { Store } from '../../db/connection/store.js';
import { readPositions } from '../../db/escalation/round-robin.js';
import { getAnswers } from '../../db/incident/answers-view.js';
import { getIncident } from '../../db/incident/incident-view.js';
import { getNames } from '../../db/people/names-view.js';
import { changesSince, getPostmortem } from '../../db/postmortem/postmortem-view.js';
import { getRun, listRuns } from '../../db/runbook/run-view.js';
import { mayDo, type Permission } from '../../domain/access/permissions.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { isRequested } from '../../domain/postmortem/quorum.js';
import { approversOf } from '../../domain/runbook/approvers.js';
import { STORE } from '../../services/common/tokens.js';
import { previewOf } from '../../services/escalation/escalation-preview.js';
import { stepSentence } from '../ui/step-sentence.js';
import { diagnosticsOf } from '../ui/diagnostic-list.js';
import { isOver } from '../ui/incident-parts.js';
import type { Flash } from '../ui/notice.js';
import { approvalLinkPage, canAnswer } from './approval-link.js';
import { deadLink, hasEnded, type LinkView } from './link-frame.js';
import { endedLinkPage, goneLinkPage, noticeLinkPage } from './notice-link.js';
import { workOf } from './hand-over.js';
import { pageLinkPage } from './page-link.js';
import type { WaitingStep } from './page-steps.js';
import { canReview, reviewLinkPage } from './review-link.js';
import { endedBy } from '../../steps/registry.js';

export type LinkPage = (styleNonce: string) => ReactElement;

/** Options of rendering a link page. */
export interface DrawOptions {
  /** False for HEAD: the form is not shown. */
  mint: boolean;
  flash?: Flash | null;
  typed?: Readonly<Record<string, string>>;
  wrong?: LinkView['wrong'];
}

const ALERTS_SHOWN = 4;
const DELEGATES_SHOWN = 300;

@Injectable()
export class LinkPages {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly links: LinkStore,
  ) {}

  async page(link: OpenedLink, asked: DrawOptions): Promise<LinkPage> {
    const snapshot = await this.store.snapshots.latest(this.store.dataSource);
    const names = await getNames(this.store.dataSource);
    const dead = deadLink(link);
    const base: LinkView = {
      link,
      nonce: null,
      names,
      flash: asked.flash ?? dead,
      typed: asked.typed ?? {},
      wrong: asked.wrong ?? null,
    };
    if (hasEnded(link)) return (styleNonce) => endedLinkPage(base, styleNonce);
    const isOpen = dead === null;
    switch (link.kind) {
      case 'page':
        return this.respond(base, isOpen && asked.mint, snapshot);
      case 'approval':
        return this.approval(base, isOpen && asked.mint);
      case 'review':
        return this.review(base, isOpen && asked.mint, snapshot);
      case 'notice':
        return (styleNonce) => noticeLinkPage(base, styleNonce);
    }
  }

  private async respond(base: LinkView, mint: boolean, snapshot: ConfigSnapshot): Promise<LinkPage> {
    const { link } = base;
    const { incident, response, now } = link;
    const detail = await getIncident(this.store.dataSource, incident.id);
    const diagnostics = await this.links.diagnostics(incident.id);
    const declined = diagnostics.find(
      ({ kind, data }) => kind === 'declined' && 'person' in data && data.person === link.person.name,
    );
    const positions = await readPositions(this.store.dataSource, { isDrill: incident.drill !== null });
    const isOpen = incident.status === 'triggered' || incident.status === 'acknowledged';
    const view = {
      ...base,
      nonce: mint && isOpen ? await this.links.mintNonce(link) : null,
      alerts: (detail?.alerts ?? []).slice(0, ALERTS_SHOWN),
      diagnostics: diagnosticsOf(diagnostics),
      dashboards: detail?.links ?? [],
      previews: previewOf(incident, response, snapshot, now, positions),
      declinedAt: declined?.at ?? null,
      ...workOf(link, snapshot),
      answers: await getAnswers(this.store.dataSource, incident.id),
      steps: isOpen ? await this.waitingSteps(link, snapshot) : [],
    };
    return (styleNonce) => pageLinkPage(view, styleNonce);
  }

  /** Waiting runbook steps, with the content of approvals and whether this person may answer. */
  private async waitingSteps(link: OpenedLink, snapshot: ConfigSnapshot): Promise<WaitingStep[]> {
    const { incident, person, now } = link;
    const role = snapshot.get('Person', person.name)?.spec.role;
    const may = (permission: Permission): boolean => role !== undefined && mayDo(role, permission);
    const runs = await listRuns(this.store.dataSource, incident.id);
    const waiting = runs
      .filter(({ state }) => state === 'running' || state === 'waiting')
      .flatMap((run) => run.steps.filter(({ state }) => state === 'waiting').map((step) => ({ run, step })));
    return Promise.all(
      waiting.map(async ({ run, step }): Promise<WaitingStep> => {
        const { approval } = step;
        const about = { run: run.id, runbook: run.runbook, step: step.id, sentence: stepSentence(step) };
        if (approval === null || endedBy(step.kind) !== 'approval')
          return { ...about, approval: null, mayAnswer: may('runbooks.run') };
        const isRequested = approversOf(approval.from, incident, snapshot).includes(person.name);
        return {
          ...about,
          approval: { of: approval, content: await this.links.approvalContent(approval.id) },
          mayAnswer: isRequested && may('runbooks.approve') && canAnswer(approval, person.name, now),
        };
      }),
    );
  }

  private async approval(base: LinkView, mint: boolean): Promise<LinkPage> {
    const { link } = base;
    const { run: runId, step: stepId, id } = link.subject;
    const run = typeof runId === 'string' ? await getRun(this.store.dataSource, runId) : null;
    const step = run?.steps.find((one) => one.id === stepId);
    const approval = step?.approval ?? null;
    if (run === null || step === undefined || approval === null)
      return this.gone(base, 'What this link asked about no longer exists.');
    if (approval.id !== id)
      return this.gone(base, 'A newer request replaces this one; use the link in the newer message.');
    const view = {
      ...base,
      nonce:
        mint && !isOver(link.incident) && canAnswer(approval, link.person.name, link.now)
          ? await this.links.mintNonce(link)
          : null,
      run,
      step: step.id,
      approval,
      content: await this.links.approvalContent(approval.id),
    };
    return (styleNonce) => approvalLinkPage(view, styleNonce);
  }

  private async review(base: LinkView, mint: boolean, snapshot: ConfigSnapshot): Promise<LinkPage> {
    const { link } = base;
    const postmortem = await getPostmortem(this.store.dataSource, link.incident.id);
    if (postmortem === null) return this.gone(base, 'What this link asked about no longer exists.');
    const { person } = link;
    const lastLook = postmortem.reviews.find((review) => review.person === person.name)?.revision ?? 0;
    const asked = new Set(postmortem.reviews.filter(isRequested).map((review) => review.person));
    const view = {
      ...base,
      nonce: mint && canReview({ postmortem, link }) ? await this.links.mintNonce(link) : null,
      postmortem,
      lastLook,
      changes:
        lastLook > 0 && lastLook < postmortem.revision
          ? await changesSince(this.store.dataSource, link.incident.id, lastLook)
          : null,
      delegates: snapshot
        .list('Person')
        .filter(({ name }) => name !== person.name && name !== postmortem.author && !asked.has(name))
        .map(({ name, spec }) => ({ value: name, text: spec.displayName }))
        .toSorted((a, b) => a.text.localeCompare(b.text))
        .slice(0, DELEGATES_SHOWN),
    };
    return (styleNonce) => reviewLinkPage(view, styleNonce);
  }

  private gone(base: LinkView, detail: string): LinkPage {
    const nothing = { tone: 'warn' as const, title: 'Nothing left to decide here', detail };
    const view = { ...base, flash: base.flash ?? nothing };
    return (styleNonce) => goneLinkPage(view, styleNonce);
  }
}
