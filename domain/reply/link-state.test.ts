import { describe, expect, it } from '@jest/globals';
import type { IncidentStatus } from '../incident/state.js';
import { approvalOver, deadLink, hasEnded, type LinkState } from './link-state.js';

const link = (more: Partial<LinkState>): LinkState => ({
  person: { displayName: 'Ana Sorel', active: true },
  incident: { number: 'INC-1', mergedInto: null },
  revokedAt: null,
  expiresAt: null,
  now: '2026-03-02T10:00:00.000Z',
  ...more,
});
const before = '2026-03-02T09:59:59.000Z';
const after = '2026-03-02T10:00:01.000Z';
const gone = { displayName: 'Ana Sorel', active: false };
const merged = { number: 'INC-1', mergedInto: 'INC-2' };

describe('a link', () => {
  it.each<[string, Partial<LinkState>, string | null, boolean]>([
    ['decides', {}, null, false],
    ['decides until it expires', { expiresAt: after }, null, false],
    ['that has expired', { expiresAt: before }, 'This link has expired.', true],
    ['that expires now', { expiresAt: link({}).now }, 'This link has expired.', true],
    ['that was revoked', { revokedAt: before }, 'This link was revoked.', true],
    ['of a person who left', { person: gone }, 'Ana Sorel is no longer active here.', false],
    ['of a merged incident', { incident: merged }, 'INC-1 was merged into another incident.', false],
  ])('%s', (_what, more, title, ended) => {
    expect(deadLink(link(more))?.title ?? null).toBe(title);
    expect(hasEnded(link(more))).toBe(ended);
  });

  it.each<[IncidentStatus, string | null]>([
    ['triggered', null],
    ['acknowledged', null],
    ['resolved', 'INC-1 is resolved'],
    ['closed', 'INC-1 is closed'],
  ])('of an approval, of an incident that is %s: %s', (status, title) => {
    expect(approvalOver({ number: 'INC-1', status })?.title ?? null).toBe(title);
  });
});
