/**
 * The post-mortem gate: writing, reviewing and waiving a post-mortem, and the only two ways to close an incident (docs/domain.md,
 * Post-mortem gate; docs/reliability.md I7). Permissions (`postmortem.waive`, edit) are checked before.
 */
import {
  type CommandContext,
  type Decision,
  type ReviewCommand,
  accepted,
  refused,
  unchanged,
} from '../incident/commands.js';
import { REMIND_EVERY_MS } from '../incident/deadline.js';
import type { IncidentState } from '../incident/state.js';
import { decideReviewer } from './decide-reviewer.js';
import { approveInDigest, pullOut } from './decide-digest.js';
import { awaitsDigest } from './digest.js';
import { isDraftMissing } from './fold-review.js';
import { unfilledGroups } from './quorum.js';
import { hasOwnReview } from './review-kind.js';
import { SECTION_TITLES, SECTIONS } from './sections.js';
import { markedDocument } from '../people/spoken.js';

/** Characters of a comment or a waiver's reason, so that an event stays within a few kilobytes. */
const titleOf = (section: string): string =>
  SECTIONS.flatMap((name) => (name === section ? [SECTION_TITLES[name]] : []))[0] ?? section;

export const COMMENT_LIMIT = 2000;

type Submit = Extract<ReviewCommand, { type: 'submit_postmortem' }>;

export function decideReview(
  state: IncidentState,
  command: ReviewCommand,
  context: CommandContext,
): Decision {
  switch (command.type) {
    case 'draft_postmortem':
      return draft(state, command.due);
    case 'edit_postmortem':
      return edit(state, command.sections);
    case 'submit_postmortem':
      return submit(state, command);
    case 'decide_review':
      return tooLong('comment', command.comment) ?? decideReviewer(state, command, context);
    case 'remind_review':
      return remind(state, command, context);
    case 'waive_postmortem':
      return waive(state, command.reason);
    case 'approve_in_digest':
      return approveInDigest(state, command);
    case 'pull_out':
      return pullOut(state, command);
  }
}

/** Refusal of any other request to close: there is no such command (docs/domain.md, Incident: close). */
export const refuseClose = (state: IncidentState): Decision =>
  refused(
    'postmortem_required',
    `${state.number} is closed when its post-mortem is approved or waived; the incident is ${state.status}, the post-mortem ${inWords(state)}`,
  );

const inWords = (state: IncidentState): string =>
  state.postmortem.status === 'none' ? 'not started' : state.postmortem.status.replace('_', ' ');

const tooLong = (what: string, text: string | null): Decision | null =>
  text !== null && text.length > COMMENT_LIMIT
    ? refused(
        `${what}_too_long`,
        `The ${what} has ${text.length} characters; at most ${COMMENT_LIMIT} are allowed`,
      )
    : null;

/** Reason why the text may not change any more, or null. */
function settled(state: IncidentState): Decision | null {
  switch (state.postmortem.status) {
    case 'approved':
      return refused(
        'already_approved',
        `The post-mortem of ${state.number} is approved; reopen the incident to change it`,
      );
    case 'waived':
      return refused(
        'already_waived',
        `The post-mortem of ${state.number} was waived; reopen the incident to write one`,
      );
    case 'none':
      return awaitsDigest(state)
        ? refused(
            'in_digest',
            `${state.number} is reviewed in the digest of team ${markedDocument('Team', state.team)}; pull it out to write a post-mortem of its own`,
          )
        : refused(
            'no_postmortem',
            `${state.number} has no post-mortem yet; it is drafted when the incident is resolved`,
          );
    case 'draft':
    case 'in_review':
    case 'changes_requested':
      return null;
  }
}

function draft(state: IncidentState, due: string): Decision {
  const { kind, quorum } = state.postmortem;
  if (!isDraftMissing(state.postmortem) || !hasOwnReview(kind)) return unchanged;
  return (
    ifNotResolved(state, 'drafted') ?? accepted({ kind: 'postmortem_drafted', data: { kind, due, quorum } })
  );
}

function edit(state: IncidentState, sections: string[]): Decision {
  const refusal = settled(state);
  if (refusal !== null) return refusal;
  if (sections.length === 0) return unchanged;
  return accepted({ kind: 'postmortem_edited', data: { revision: state.postmortem.revision + 1, sections } });
}

function submit(state: IncidentState, command: Submit): Decision {
  if (state.postmortem.status === 'in_review') return unchanged;
  const refusal = settled(state) ?? ifNotResolved(state, 'submitted');
  if (refusal !== null) return refusal;
  const { author, missing, due } = command;
  if (missing.length > 0) {
    return refused('sections_missing', `Before the review, write: ${missing.map(titleOf).join(', ')}`);
  }
  const reviewers = command.reviewers.filter(({ person }) => person !== author);
  const unfilled = unfilledGroups(state.postmortem.quorum, reviewers);
  if (unfilled.length > 0) {
    const gaps = unfilled.map(
      ({ group, there, needed }) => `${group}: ${needed} needed besides the author, ${there} found`,
    );
    return refused(
      'no_reviewers',
      `Nobody could approve this (${gaps.join('; ')}). Add members or managers to team ${markedDocument('Team', state.team)}, name stakeholders in the response plan, or have it waived`,
    );
  }
  const { revision } = state.postmortem;
  return accepted({ kind: 'postmortem_submitted', data: { revision, author, reviewers, due } });
}

/**
 * The people whose step is pending are reminded, the author of a draft as well as reviewers; a timer that is early or stale
 * changes nothing.
 */
function remind(
  state: IncidentState,
  { reminder, people }: Extract<ReviewCommand, { type: 'remind_review' }>,
  context: CommandContext,
): Decision {
  const { reminders, due } = state.postmortem;
  const isOpen = state.status === 'resolved' && settled(state) === null;
  if (!isOpen || due === null || reminder !== reminders + 1) return unchanged;
  const dueMs = Date.parse(due) + reminders * REMIND_EVERY_MS;
  return Date.parse(context.now) < dueMs
    ? unchanged
    : accepted({ kind: 'review_overdue', data: { reminder, people } });
}

function waive(state: IncidentState, reason: string): Decision {
  if (state.postmortem.status === 'waived') return unchanged;
  if (state.postmortem.status === 'approved') return settled(state) ?? unchanged;
  const refusal = ifNotResolved(state, 'waived') ?? tooLong('reason', reason);
  if (refusal !== null) return refusal;
  if (reason.trim() === '') {
    return refused('reason_required', 'A waiver needs a reason: say why this incident needs no post-mortem');
  }
  return accepted(
    { kind: 'postmortem_waived', data: { reason } },
    { kind: 'closed', data: { because: 'waived' } },
  );
}

const ifNotResolved = (state: IncidentState, what: string): Decision | null =>
  state.status === 'resolved'
    ? null
    : refused(
        'not_resolved',
        `${state.number} is ${state.status}; its post-mortem is ${what} once it is resolved`,
      );
