/** Opened link → its page: what the views read, and the nonce of its form while there is something to decide. */
import { Injectable } from '@nestjs/common';
import type { ReactElement } from 'react';
import { mayDo, type Permission } from '../../domain/access/permissions.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { isOpenIncident } from '../../domain/incident/is-open.js';
import { isRequested } from '../../domain/postmortem/quorum.js';
import { approvalOver, deadLink, digestOfLink, hasEnded } from '../../domain/reply/link-state.js';
import { roleOf } from '../../domain/people/hand-over.js';
import { approversOf } from '../../domain/runbook/approvers.js';
import { LinkViews, type OpenedLink, type WaitingStepView } from '../../services/reply/link-views.js';
import { stepSentence } from '../ui/step-sentence.js';
import { diagnosticsOf } from '../ui/diagnostic-list.js';
import type { Flash } from '../ui/notice.js';
import { approvalLinkPage, canAnswer } from './approval-link.js';
import { digestLinkPage } from './digest-link.js';
import type { LinkView } from './link-frame.js';
import { endedLinkPage, goneLinkPage, noticeLinkPage } from './notice-link.js';
import { workOf } from './hand-over.js';
import { pageLinkPage } from './page-link.js';
import type { WaitingStep } from './page-steps.js';
import { canReview, reviewLinkPage } from './review-link.js';

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
  constructor(private readonly views: LinkViews) {}

  async page(link: OpenedLink, asked: DrawOptions): Promise<LinkPage> {
    const snapshot = await this.views.snapshot();
    const names = await this.views.names();
    const dead = deadLink(link);
    const base: LinkView = {
      link,
      nonce: null,
      names,
      flash: asked.flash ?? (dead === null ? null : { tone: 'warn', ...dead }),
      typed: asked.typed ?? {},
      wrong: asked.wrong ?? null,
    };
    if (hasEnded(link)) return (styleNonce) => endedLinkPage(base, styleNonce);
    const mint = dead === null && asked.mint;
    switch (link.kind) {
      case 'page':
        return this.respond(base, mint, snapshot);
      case 'approval':
        return this.approval(base, mint);
      case 'review':
        return this.ofReview(base, mint, snapshot);
      case 'notice':
        return (styleNonce) => noticeLinkPage(base, styleNonce);
    }
  }

  private async respond(base: LinkView, mint: boolean, snapshot: ConfigSnapshot): Promise<LinkPage> {
    const { link } = base;
    const isOpen = isOpenIncident(link.incident);
    const { detail, diagnostics, declined, previews, answers, waiting } = await this.views.page(link, {
      snapshot,
      isOpen,
    });
    const own = declined.find(({ data }) => 'person' in data && data.person === link.person.name);
    const view = {
      ...base,
      nonce: await this.nonce(link, mint && isOpen),
      alerts: (detail?.alerts ?? []).slice(0, ALERTS_SHOWN),
      diagnostics: diagnosticsOf(diagnostics),
      dashboards: detail?.links ?? [],
      previews,
      declinedAt: own?.at ?? null,
      ...workOf(link, snapshot),
      answers,
      steps: waiting.map((step) => waitingStep(link, snapshot, step)),
    };
    return (styleNonce) => pageLinkPage(view, styleNonce);
  }

  private async approval(base: LinkView, mint: boolean): Promise<LinkPage> {
    const { link } = base;
    const data = await this.views.approval(link);
    if (typeof data === 'string') return gone(base, data);
    const isOpen =
      approvalOver(link.incident) === null && canAnswer(data.approval, link.person.name, link.now);
    const view = { ...base, ...data, nonce: await this.nonce(link, mint && isOpen) };
    return (styleNonce) => approvalLinkPage(view, styleNonce);
  }

  private async ofReview(base: LinkView, mint: boolean, snapshot: ConfigSnapshot): Promise<LinkPage> {
    const name = digestOfLink(base.link);
    if (name === null) return this.review(base, mint, snapshot);
    const digest = await this.views.digest(base.link, name);
    if (digest === null) return gone(base, 'What this link asked about no longer exists.');
    const view = {
      ...base,
      digest,
      team: snapshot.get('Team', digest.team)?.spec.displayName ?? digest.team,
      nonce: await this.nonce(base.link, mint && digest.status === 'open'),
    };
    return (styleNonce) => digestLinkPage(view, styleNonce);
  }

  private async review(base: LinkView, mint: boolean, snapshot: ConfigSnapshot): Promise<LinkPage> {
    const { link } = base;
    const data = await this.views.review(link);
    if (data === null) return gone(base, 'What this link asked about no longer exists.');
    const { author, reviews } = data.postmortem;
    const asked = new Set([
      link.person.name,
      author,
      ...reviews.filter(isRequested).map(({ person }) => person),
    ]);
    const view = {
      ...base,
      ...data,
      nonce: await this.nonce(link, mint && canReview({ postmortem: data.postmortem, link })),
      delegates: snapshot
        .list('Person')
        .filter(({ name }) => !asked.has(name))
        .map(({ name, spec }) => ({ value: name, text: spec.displayName }))
        .toSorted((a, b) => a.text.localeCompare(b.text))
        .slice(0, DELEGATES_SHOWN),
    };
    return (styleNonce) => reviewLinkPage(view, styleNonce);
  }

  private async nonce(link: OpenedLink, isShown: boolean): Promise<string | null> {
    return isShown ? this.views.mintNonce(link) : null;
  }
}

/** A waiting runbook step, with whether this person may answer it. */
function waitingStep(
  { incident, person, now }: OpenedLink,
  snapshot: ConfigSnapshot,
  { run, step, approval }: WaitingStepView,
): WaitingStep {
  const role = roleOf(snapshot, person.name);
  const may = (permission: Permission): boolean => role !== undefined && mayDo(role, permission);
  const about = { run: run.id, runbook: run.runbook, step: step.id, sentence: stepSentence(step), approval };
  if (approval === null) return { ...about, mayAnswer: may('runbooks.run') };
  const isAsked = approversOf(approval.of.from, incident, snapshot).includes(person.name);
  return {
    ...about,
    mayAnswer: isAsked && may('runbooks.approve') && canAnswer(approval.of, person.name, now),
  };
}

function gone(base: LinkView, detail: string): LinkPage {
  const nothing = { tone: 'warn' as const, title: 'Nothing left to decide here', detail };
  const view = { ...base, flash: base.flash ?? nothing };
  return (styleNonce) => goneLinkPage(view, styleNonce);
}
