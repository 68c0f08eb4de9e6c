/**
 * A press on a link page → the same command as from everywhere else, in the name of the link's person only. The nonce is used up
 * in the transaction of the decision, so a second tap finds the result of the first.
 */
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LinkStore, type NonceClaim, type OpenedLink } from '../../db/reply/link-store.js';
import { type LockedIncident, lockIncident } from '../../db/incident/incident-row.js';
import { retryingTransaction } from '../../db/connection/retrying-transaction.js';
import type { Store } from '../../db/connection/store.js';
import { COMMENT_LIMIT } from '../../domain/postmortem/decide-review.js';
import { STORE } from '../../services/common/tokens.js';
import { isOver } from '../ui/incident-parts.js';
import { OVER_DETAIL, overTitle } from './approval-link.js';
import { deadLink } from './link-frame.js';
import { fieldOf, wordsOf } from '../ui/form.js';
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
    if (dead !== null) return { kind: 'refused', status: 409, flash: dead, wrong: null };
    const comment = wordsOf(body, 'comment');
    if (comment !== null && comment.length > COMMENT_LIMIT) {
      const tooLong = `The comment has ${comment.length} characters; at most ${COMMENT_LIMIT} are allowed.`;
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
        return refused(409, 'This link has nothing to decide');
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
    // Before the nonce is used: the missing comment can be added on the same page.
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
    // A form always sends the revision that it showed; without it no revision counts as read.
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

  /** Entitlement and digest are checked by the run commands, in this transaction. */
  private async approve(link: OpenedLink, body: unknown, comment: string | null): Promise<LinkOutcome> {
    const decision = oneOf(['approve', 'reject'] as const, fieldOf(body, 'decision'));
    if (decision === undefined) return unknownButton();
    const { run, step } = link.subject;
    if (typeof run !== 'string' || typeof step !== 'string')
      return refused(409, 'What this link asked about no longer exists');
    const digest = fieldOf(body, 'digest');
    const person = link.person.name;
    const input = { runId: run, step, person, decision, comment, digest };
    return this.inOneGo(link, body, decision, async (tx, locked) =>
      isOver(locked.state)
        ? refused(409, overTitle(locked.state), OVER_DETAIL)
        : outcomeOf(await this.store.runCommands.decideApprovalIn(tx, locked, input)),
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
      if (locked === null) return refused(409, 'This incident no longer exists');
      const outcome = await act(tx, locked);
      if (outcome.kind === 'done') await this.links.markUsed(tx, link, decision);
      return outcome;
    });
  }
}

/** Hash of the button and all fields: the same hash is a second tap, another one is another request. */
function pressOf(body: unknown): string {
  const fields = typeof body === 'object' && body !== null ? Object.keys(body).toSorted() : [];
  const sent = fields.map((name) => [name, fieldOf(body, name)]);
  return createHash('sha256').update(JSON.stringify(sent)).digest('base64url');
}

/** A repeated press is a second tap or a reload: harmless. An unknown nonce is forged or too old. */
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
        `This form was already used; the current state is shown below. ${NOTHING_CHANGED}`,
      );
    case 'unknown':
      return refused(
        409,
        'Please press again',
        `This form was opened too long ago, or its hidden field was lost. ${NOTHING_CHANGED}`,
      );
  }
}
