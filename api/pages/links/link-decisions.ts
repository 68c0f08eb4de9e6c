/**
 * A press on a link's button → the same command as from everywhere else, in the name of the link's person and of nobody
 * else. The nonce is used up in the transaction of the decision, so a second tap finds what the first one did.
 */
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LinkStore, type NonceClaim, type OpenedLink } from '../../../db/link-store.js';
import { type LockedIncident, lockIncident } from '../../../db/incident-row.js';
import { retryingTransaction } from '../../../db/retrying-transaction.js';
import type { Store } from '../../../db/store.js';
import { COMMENT_LIMIT } from '../../../domain/postmortem/decide-review.js';
import { STORE } from '../../common/tokens.js';
import { isOver } from '../ui/incident-bits.js';
import { OVER_DETAIL, overTitle } from './approval-link.js';
import { deadLink } from './link-frame.js';
import { fieldOf, wordsOf } from './link-form.js';
import {
  done,
  type LinkOutcome,
  NOTHING_CHANGED,
  outcomeOf,
  refused,
  unknownButton,
} from './link-outcome.js';
import { PageForms } from './page-forms.js';

type ReviewChoice = 'approve' | 'request_changes' | 'delegate';

const oneOf = <T extends string>(known: readonly T[], text: string): T | undefined =>
  known.find((one) => one === text);

@Injectable()
export class LinkDecisions {
  private readonly pageForms: PageForms;

  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly links: LinkStore,
  ) {
    this.pageForms = new PageForms(store);
  }

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
        return this.respond(link, body);
      case 'approval':
        return this.approve(link, body, comment);
      case 'review':
        return this.review(link, body, comment);
      case 'notice':
        return refused(409, 'There is nothing to decide here');
    }
  }

  private async respond(link: OpenedLink, body: unknown): Promise<LinkOutcome> {
    const form = this.pageForms.read(body);
    if ('kind' in form) return form;
    return this.inOneGo(link, body, form.button, (tx, locked) =>
      this.pageForms.press(tx, locked, link, form, fieldOf(body, 'seen')),
    );
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
    const request = { incidentId: link.incident.id, actor: person };
    return this.inOneGo(link, body, decision, async (tx, locked) =>
      outcomeOf(
        await this.store.recorder.recordLocked(tx, locked, {
          ...request,
          command: { type: 'decide_review', person, decision, comment, to, revision },
        }),
      ),
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
      isOver(locked.state)
        ? refused(409, overTitle(locked.state), OVER_DETAIL)
        : outcomeOf(await this.store.runDoor.decideApprovalIn(tx, locked, wish)),
    );
  }

  private inOneGo(
    link: OpenedLink,
    body: unknown,
    decision: string,
    act: (tx: EntityManager, locked: LockedIncident) => Promise<LinkOutcome>,
  ): Promise<LinkOutcome> {
    return retryingTransaction(this.store.dataSource, async (tx) => {
      const claim = await this.links.claimNonce(tx, link, fieldOf(body, 'nonce'), pressOf(body));
      const early = afterClaim(claim);
      if (early !== null) return early;
      const locked = await lockIncident(tx, link.incident.id);
      if (locked === null) return refused(409, 'This incident is not there any more');
      const outcome = await act(tx, locked);
      if (outcome.kind === 'done') await this.links.markUsed(tx, link, decision);
      return outcome;
    });
  }
}

/** What was pressed and everything that was filled in: the same again is a second tap, anything else another wish. */
function pressOf(body: unknown): string {
  const fields = typeof body === 'object' && body !== null ? Object.keys(body).toSorted() : [];
  const sent = fields.map((name) => [name, fieldOf(body, name)]);
  return createHash('sha256').update(JSON.stringify(sent)).digest('base64url');
}

/** A repeated press is a second tap or a reload: harmless. An unknown nonce is a form that was never given out, or long ago. */
function afterClaim(claim: NonceClaim): LinkOutcome | null {
  switch (claim) {
    case 'claimed':
      return null;
    case 'repeated':
      return done;
    case 'used':
      return refused(
        409,
        'Please press again',
        `This form was used already; what is true now stands below. ${NOTHING_CHANGED}`,
      );
    case 'unknown':
      return refused(
        409,
        'Please press again',
        `This form was opened too long ago, or its hidden field got lost. ${NOTHING_CHANGED}`,
      );
  }
}
