/** Decisions of the link of a digest: approve its list, or pull incidents out of it. */
import type { EntityManager } from 'typeorm';
import type { DigestOutcome, DigestStore } from '../../db/postmortem/digest-store.js';
import type { OpenedLink } from '../../db/reply/link-store.js';
import {
  done,
  type LinkOutcome,
  NOTHING_CHANGED,
  refused,
  unknownButton,
  wrongField,
} from './link-outcome.js';
import { type LinkPress, oneOf } from './link-press.js';

/** Under the lock of the digest, in the transaction of the press. */
type DigestPress = (tx: EntityManager) => Promise<LinkOutcome>;

export function digestDecision(
  digests: DigestStore,
  { person: { name: person } }: OpenedLink,
  digest: string,
  { decision: pressed, comment, reason, kind, pull, revision: upTo }: LinkPress,
): LinkOutcome | DigestPress {
  const decision = oneOf(['approve', 'pull_out'] as const, pressed);
  switch (decision) {
    case undefined:
      return unknownButton();
    case 'approve':
      if (pull.length > 0)
        return refused(
          422,
          `${pull.length} ${pull.length === 1 ? 'incident is' : 'incidents are'} chosen for pulling out`,
          `Pull out first, or approve with none chosen. ${NOTHING_CHANGED}`,
        );
      if (comment === null) return wrongField('comment', 'Say in one sentence what you found.');
      return async (tx) =>
        outcomeOf(await digests.approveIn(tx, { digest, person, sentence: comment, upTo }));
    case 'pull_out':
      if (pull.length === 0) return refused(422, 'Choose the incidents to pull out', NOTHING_CHANGED);
      if (reason === null) return wrongField('reason', 'Say why they need a post-mortem of their own.');
      return async (tx) =>
        outcomeOf(
          await digests.pullOutIn(tx, {
            digest,
            person,
            incidents: pull,
            kind: oneOf(['full', 'light'] as const, kind ?? '') ?? 'light',
            reason,
          }),
        );
  }
}

function outcomeOf(outcome: DigestOutcome): LinkOutcome {
  switch (outcome.kind) {
    case 'accepted':
    case 'unchanged':
      return done;
    case 'not_found':
      return refused(409, 'What this link asked about no longer exists');
    case 'refused':
      return refused(409, 'Not done', outcome.detail);
  }
}
