/** Body of a link page's form → the press, for the service of answers. */
import { createHash } from 'node:crypto';
import type { LinkPress } from '../../services/reply/link-press.js';
import { allOf, fieldOf, wordsOf } from '../ui/form.js';

export function pressOf(body: unknown): LinkPress {
  const seen = fieldOf(body, 'seen');
  return {
    decision: fieldOf(body, 'decision'),
    nonce: fieldOf(body, 'nonce'),
    hash: hashOf(body),
    comment: wordsOf(body, 'comment'),
    to: wordsOf(body, 'to'),
    snoozeFor: wordsOf(body, 'for'),
    run: wordsOf(body, 'run'),
    step: wordsOf(body, 'step'),
    digest: wordsOf(body, 'digest'),
    reason: wordsOf(body, 'reason'),
    kind: wordsOf(body, 'kind'),
    pull: allOf(body, 'pull'),
    seen: seen === '' ? null : seen,
    // A form always sends the revision that it showed; without it no revision counts as read.
    revision: Number.parseInt(fieldOf(body, 'revision'), 10) || 0,
  };
}

function hashOf(body: unknown): string {
  const fields = typeof body === 'object' && body !== null ? Object.keys(body).toSorted() : [];
  // All values of a repeated field: another choice of incidents is another press.
  const sent = fields.map((name) => [name, ...allOf(body, name)]);
  return createHash('sha256').update(JSON.stringify(sent)).digest('base64url');
}
