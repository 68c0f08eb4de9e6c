/**
 * A press on a link's button → the same command as from everywhere else, in the name of the link's person and of nobody
 * else. The nonce is used up in the transaction of the decision, so a second tap finds what the first one did.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LinkStore, type NonceClaim, type OpenedLink } from '../../../db/link-store.js';
import { type LockedIncident, lockIncident } from '../../../db/incident-row.js';
import type { RecordOutcome } from '../../../db/record.js';
import type { Store } from '../../../db/store.js';
import type { IncidentCommand } from '../../../domain/incident/commands.js';
import { COMMENT_LIMIT } from '../../../domain/postmortem/decide-review.js';
import { pageCommand } from '../../../domain/reply/page-command.js';
import { STORE } from '../../common/tokens.js';
import type { Said } from '../ui/notice.js';
import { deadLink } from './link-frame.js';
import { fieldOf, wordsOf } from './link-form.js';
import { rungMark } from './page-link.js';
import type { ReviewLinkView } from './review-link.js';
import { retryingTransaction } from '../../../db/retrying-transaction.js';

export type LinkOutcome =
  /** Decided now, or by an earlier press of the same form: the page tells what is true. */
  { kind: 'done' } | { kind: 'refused'; status: 409 | 422; said: Said; wrong: ReviewLinkView['wrong'] };

type PageDecision = 'acknowledge' | 'escalate' | 'decline';
type ReviewChoice = 'approve' | 'request_changes' | 'delegate';

const oneOf = <T extends string>(known: readonly T[], text: string): T | undefined =>
  known.find((one) => one === text);

const refused = (
  status: 409 | 422,
  title: string,
  detail?: string,
  wrong: ReviewLinkView['wrong'] = null,
): LinkOutcome => ({
  kind: 'refused',
  status,
  said: { tone: 'warn', title, ...(detail === undefined ? {} : { detail }) },
  wrong,
});

const NOTHING_CHANGED = 'Nothing was changed.';

const unknownButton = (): LinkOutcome =>
  refused(422, 'Press one of the buttons', `The form did not say what to do. ${NOTHING_CHANGED}`);

@Injectable()
export class LinkDecisions {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly links: LinkStore,
  ) {}

  async decide(link: OpenedLink, body: unknown): Promise<LinkOutcome> {
    const dead = deadLink(link);
    if (dead !== null) return { kind: 'refused', status: 409, said: dead, wrong: null };
    const comment = wordsOf(body, 'comment');
    if (comment !== null && comment.length > COMMENT_LIMIT) {
      const tooLong = `The comment has ${comment.length} characters; at most ${COMMENT_LIMIT} are kept.`;
      return refused(422, tooLong, NOTHING_CHANGED, { field: 'comment', message: tooLong });
    }
    switch (link.kind) {
      case 'page':
        return this.respond(link, body, comment);
      case 'approval':
        return this.approve(link, body, comment);
      case 'review':
        return this.review(link, body, comment);
      case 'notice':
        return refused(409, 'There is nothing to decide here');
    }
  }

  private async respond(link: OpenedLink, body: unknown, comment: string | null): Promise<LinkOutcome> {
    const decision = oneOf<PageDecision>(['acknowledge', 'escalate', 'decline'], fieldOf(body, 'decision'));
    if (decision === undefined) return unknownButton();
    const seen = fieldOf(body, 'rung');
    return this.inOneGo(link, body, decision, async (tx, locked) => {
      if (decision === 'escalate' && seen !== '' && seen !== rungMark(locked.state)) {
        return refused(
          409,
          'It went on meanwhile',
          'The next step was reached while this page was open; see below who is paged now. Press again to go one further.',
        );
      }
      return this.record(tx, locked, link, pageCommand(locked.state, link.person, decision, comment));
    });
  }

  private async review(link: OpenedLink, body: unknown, comment: string | null): Promise<LinkOutcome> {
    const decision = oneOf<ReviewChoice>(
      ['approve', 'request_changes', 'delegate'],
      fieldOf(body, 'decision'),
    );
    if (decision === undefined) return unknownButton();
    // Before the nonce: what is missing can be added on the same page.
    if (decision === 'request_changes' && comment === null) {
      const message = 'Say in the comment what has to change.';
      return refused(422, message, NOTHING_CHANGED, { field: 'comment', message });
    }
    const to = decision === 'delegate' ? wordsOf(body, 'to') : null;
    if (decision === 'delegate') {
      const snapshot = await this.store.snapshots.latest(this.store.dataSource);
      if (to === null || snapshot.get('Person', to) === undefined) {
        const message = 'Choose the person who is to review this instead.';
        return refused(422, message, NOTHING_CHANGED, { field: 'to', message });
      }
    }
    // A form always tells which text it showed; without it nothing is known to have been read.
    const revision = Number.parseInt(fieldOf(body, 'revision'), 10) || 0;
    const person = link.person.name;
    return this.inOneGo(link, body, decision, (tx, locked) =>
      this.record(tx, locked, link, { type: 'decide_review', person, decision, comment, to, revision }),
    );
  }

  /** Entitlement and digest are judged by the run's own door, in its transaction. */
  private async approve(link: OpenedLink, body: unknown, comment: string | null): Promise<LinkOutcome> {
    const decision = oneOf(['approve', 'reject'] as const, fieldOf(body, 'decision'));
    if (decision === undefined) return unknownButton();
    const { run, step } = link.subject;
    if (typeof run !== 'string' || typeof step !== 'string')
      return refused(409, 'What this link asked about is not there any more');
    const digest = fieldOf(body, 'digest');
    const person = link.person.name;
    const wish = { runId: run, step, person, decision, comment, digest };
    return this.inOneGo(link, body, decision, async (tx, locked) =>
      outcomeOf(await this.store.runDoor.decideApprovalIn(tx, locked, wish)),
    );
  }

  private inOneGo(
    link: OpenedLink,
    body: unknown,
    decision: string,
    act: (tx: EntityManager, locked: LockedIncident) => Promise<LinkOutcome>,
  ): Promise<LinkOutcome> {
    return retryingTransaction(this.store.dataSource, async (tx) => {
      const early = afterClaim(await this.links.claimNonce(tx, link, fieldOf(body, 'nonce')));
      if (early !== null) return early;
      const locked = await lockIncident(tx, link.incident.id);
      if (locked === null) return refused(409, 'This incident is not there any more');
      const outcome = await act(tx, locked);
      if (outcome.kind === 'done') await this.links.markUsed(tx, link, decision);
      return outcome;
    });
  }

  private async record(
    tx: EntityManager,
    locked: LockedIncident,
    link: OpenedLink,
    command: IncidentCommand,
  ): Promise<LinkOutcome> {
    const request = { incidentId: link.incident.id, actor: link.person.name, command };
    return outcomeOf(await this.store.recorder.recordLocked(tx, locked, request));
  }
}

/** A used nonce is a second tap or a reload: harmless. An unknown one is a form that was never given out, or long ago. */
function afterClaim(claim: NonceClaim): LinkOutcome | null {
  switch (claim) {
    case 'claimed':
      return null;
    case 'used':
      return { kind: 'done' };
    case 'unknown':
      return refused(
        409,
        'Please press again',
        `This form was opened too long ago, or its hidden field got lost. ${NOTHING_CHANGED}`,
      );
  }
}

function outcomeOf(outcome: RecordOutcome): LinkOutcome {
  switch (outcome.kind) {
    case 'accepted':
    case 'unchanged':
      return { kind: 'done' };
    case 'not_found':
      return refused(409, 'What this link asked about is not there any more');
    case 'refused':
      return refused(409, 'That was not possible', outcome.detail);
  }
}
