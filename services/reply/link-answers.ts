/**
 * A press on a link page, or a one-tap button → the same command as from everywhere else, in the name of the link's person only.
 * The nonce is used up in the transaction of the decision, so a second tap finds the result of the first.
 */
import type { DataSource, EntityManager } from 'typeorm';
import type { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { retryingTransaction } from '../../db/connection/retrying-transaction.js';
import { type LockedIncident, lockIncident } from '../../db/incident/incident-row.js';
import type { Recorder } from '../../db/incident/record.js';
import { type DigestStore, PullOutRefused } from '../../db/postmortem/digest-store.js';
import type { LinkStore, NonceClaim, OpenedLink } from '../../db/reply/link-store.js';
import type { RunCommands } from '../../db/runbook/run-commands.js';
import { roleOf } from '../../domain/people/hand-over.js';
import { COMMENT_LIMIT } from '../../domain/postmortem/decide-review.js';
import { deadLink, digestOfLink } from '../../domain/reply/link-state.js';
import { mayPress } from '../../domain/reply/may-press.js';
import { missingIn, PAGE_BUTTONS } from '../../domain/reply/page-form.js';
import type { AnswerService } from './answer.service.js';
import {
  answerOutcome,
  done,
  type LinkOutcome,
  notAllowed,
  NOTHING_CHANGED,
  recordOutcome,
  refused,
  unknownButton,
  wrongField,
} from './link-outcome.js';
import { digestDecision } from './digest-decision.js';
import { approvalDecision, reviewDecision } from './link-decisions.js';
import { bareTap, type LinkDecision, type LinkPress, oneOf } from './link-press.js';

export interface LinkParts {
  digests: DigestStore;
  dataSource: DataSource;
  snapshots: ConfigSnapshots;
  recorder: Recorder;
  runCommands: RunCommands;
  links: LinkStore;
  answers: AnswerService;
}

export class LinkAnswers {
  constructor(private readonly parts: LinkParts) {}

  async decide(link: OpenedLink, press: LinkPress): Promise<LinkOutcome> {
    const dead = deadLink(link);
    if (dead !== null) return refused(409, dead.title, dead.detail);
    const length = press.comment?.length ?? 0;
    if (length > COMMENT_LIMIT)
      return wrongField(
        'comment',
        `The comment has ${length} characters; at most ${COMMENT_LIMIT} are allowed.`,
      );
    const digest = link.kind === 'review' ? digestOfLink(link) : null;
    if (digest !== null) return this.decideDigest(link, digest, press);
    const decision = await this.decisionOf(link, press);
    return typeof decision === 'function' ? this.once(link, press, decision) : decision;
  }

  /** The nonce is used up with the decision; the incidents of an approved digest are closed after it. */
  private async decideDigest(link: OpenedLink, digest: string, press: LinkPress): Promise<LinkOutcome> {
    const { dataSource, digests, links } = this.parts;
    const act = digestDecision(digests, link, digest, press);
    if (typeof act !== 'function') return act;
    const { decision, nonce, hash } = press;
    try {
      const outcome = await retryingTransaction(dataSource, async (tx) => {
        const early = afterClaim(await links.claimNonce(tx, link, nonce, hash));
        if (early !== null) return early;
        const decided = await act(tx);
        if (decided.kind === 'done') await links.markUsed(tx, link, { nonce, press: hash, decision });
        return decided;
      });
      if (outcome.kind === 'done') await digests.finish(digest);
      return outcome;
    } catch (error) {
      if (error instanceof PullOutRefused) return refused(409, 'Not done', error.detail);
      throw error;
    }
  }

  /** A button in the message itself. A phone that sends its tap twice must not escalate by two steps. */
  async tap(link: OpenedLink, decision: 'acknowledge' | 'escalate' | 'decline'): Promise<LinkOutcome> {
    const { links } = this.parts;
    // A second acknowledgement changes nothing.
    const nonce =
      decision === 'acknowledge' ? await links.mintNonce(link) : await links.onlyNonce(link, decision);
    return this.decide(link, { ...bareTap, decision, nonce, hash: decision });
  }

  private async decisionOf(link: OpenedLink, press: LinkPress): Promise<LinkDecision> {
    switch (link.kind) {
      case 'page':
        return this.answerTo(link, press);
      case 'approval':
        return approvalDecision(this.parts.runCommands, link, press);
      case 'review':
        return reviewDecision(this.parts, link, press);
      case 'notice':
        return refused(409, 'This link has nothing to decide');
    }
  }

  private answerTo(link: OpenedLink, press: LinkPress): LinkDecision {
    const button = oneOf(PAGE_BUTTONS, press.decision);
    if (button === undefined) return unknownButton();
    // Before the nonce is used: missing fields can be filled in on the same page.
    const missing = missingIn({ ...press, button });
    if (missing !== null) return wrongField(missing.field, missing.message);
    if (button === 'approve' || button === 'reject')
      return (tx, locked) => this.approveOnPage(tx, locked, link, { ...press, button });
    const { person, subject } = link;
    const via = typeof subject['delivery'] === 'string' ? { delivery: subject['delivery'] } : null;
    const answer = { person, form: { ...press, button }, seen: press.seen, via };
    return async (tx, locked) =>
      answerOutcome(await this.parts.answers.answer(tx, locked, answer), person.displayName);
  }

  private async approveOnPage(
    tx: EntityManager,
    locked: LockedIncident,
    { person: { name, displayName } }: OpenedLink,
    { button, run, step, digest, comment }: LinkPress & { button: 'approve' | 'reject' },
  ): Promise<LinkOutcome> {
    const role = roleOf(await this.parts.snapshots.at(tx, locked.configVersion), name);
    if (!mayPress(role, button)) return notAllowed(displayName, role);
    const at = { runId: run ?? '', step: step ?? '', digest: digest ?? '' };
    const request = { ...at, person: name, decision: button, comment };
    return recordOutcome(await this.parts.runCommands.decideApprovalIn(tx, locked, request));
  }

  private once(
    link: OpenedLink,
    { decision, nonce, hash }: LinkPress,
    act: Exclude<LinkDecision, LinkOutcome>,
  ): Promise<LinkOutcome> {
    const { dataSource, links } = this.parts;
    return retryingTransaction(dataSource, async (tx) => {
      const early = afterClaim(await links.claimNonce(tx, link, nonce, hash));
      if (early !== null) return early;
      const locked = await lockIncident(tx, link.incident.id);
      if (locked === null) return refused(409, 'This incident no longer exists');
      const outcome = await act(tx, locked);
      // The nonce of a refused press stays unused: the same press is refused again instead of being taken for done.
      if (outcome.kind === 'done') await links.markUsed(tx, link, { nonce, press: hash, decision });
      return outcome;
    });
  }
}

/** A repeated press is a second tap or a reload: harmless. An unknown nonce is forged or too old. */
function afterClaim(claim: NonceClaim): LinkOutcome | null {
  const again = (why: string): LinkOutcome => refused(409, 'Please press again', `${why} ${NOTHING_CHANGED}`);
  switch (claim) {
    case 'claimed':
      return null;
    case 'repeated':
      return done;
    case 'used':
      return again('This form was already used; the current state is shown below.');
    case 'unknown':
      return again('This form was opened too long ago, or its hidden field was lost.');
  }
}
