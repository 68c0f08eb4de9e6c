/**
 * Decides about one incident of a digest: approved with the list, which closes it through the ordinary gate, or pulled out into a
 * post-mortem of its own. Who may decide is checked before (`digest-reviewer.ts`).
 */
import { accepted, type Decision, refused, type ReviewCommand, unchanged } from '../incident/commands.js';
import type { IncidentState } from '../incident/state.js';
import { awaitsDigest, DIGEST_TEXT_LIMIT, leftDigest } from './digest.js';

type Of<T extends ReviewCommand['type']> = Extract<ReviewCommand, { type: T }>;

export function approveInDigest(
  state: IncidentState,
  { digest, person, resolvedAt, comment }: Of<'approve_in_digest'>,
): Decision {
  const left = leftDigest(state, resolvedAt);
  if (left !== null) return refused('left_digest', left);
  const { revision } = state.postmortem;
  return accepted(
    { kind: 'postmortem_approved', data: { revision, digest, person, comment } },
    { kind: 'closed', data: { because: 'approved' } },
  );
}

export function pullOut(state: IncidentState, { kind, reason, digest }: Of<'pull_out'>): Decision {
  const { number, status, postmortem } = state;
  if (status !== 'resolved')
    return refused(
      'not_resolved',
      `${number} is ${status}; how it is reviewed is decided when it is resolved`,
    );
  if (!awaitsDigest(state))
    return postmortem.kind === kind
      ? unchanged
      : refused(
          'own_postmortem_already',
          `${number} has a ${postmortem.kind} post-mortem of its own already`,
        );
  if (reason.trim() === '')
    return refused('reason_required', `Say why ${number} needs a post-mortem of its own`);
  if (reason.length > DIGEST_TEXT_LIMIT)
    return refused(
      'reason_too_long',
      `The reason has ${reason.length} characters; at most ${DIGEST_TEXT_LIMIT} are allowed`,
    );
  return accepted({ kind: 'pulled_out', data: { kind, reason, digest } });
}
