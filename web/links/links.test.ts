import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ReactElement } from 'react';
import type { Answering } from '../../domain/incident/who-answered.js';
import { loadRenderer } from '../ui/render.js';
import { approval, incident, linkView, openedLink, pageView, postmortem, run } from '../testing/fixtures.js';
import { approvalLinkPage } from './approval-link.js';
import { deadLink } from '../../domain/reply/link-state.js';
import { noticeLinkPage } from './notice-link.js';
import { pageLinkPage } from './page-link.js';
import { canReview, reviewLinkPage, type ReviewLinkView } from './review-link.js';
import { unknownLinkPage } from './unknown-link.js';

const BUDGET = 15 * 1024;
const HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>';

let render: (element: ReactElement) => string;
beforeAll(async () => {
  render = await loadRenderer();
});

const reviewView = (change: Partial<ReviewLinkView> = {}): ReviewLinkView => ({
  ...linkView(openedLink({ kind: 'review', incident: { ...incident, status: 'resolved' } })),
  postmortem,
  lastLook: 2,
  changes: [{ section: 'usersAffected', before: 'unknown', after: 'About 40 customers' }],
  delegates: [{ value: 'bo', text: 'Bo Lindqvist' }],
  ...change,
});

const approvalView = () => ({
  ...linkView(openedLink({ kind: 'approval' })),
  run,
  step: 'ask',
  approval,
  content: { inputs: { host: 'replica-2' }, outputs: { lag: '900' } },
});

const decisions = (html: string): string[] =>
  [...html.matchAll(/<button name="decision" value="([^"]*)"/g)].map(([, value]) => value ?? '');

const bytes = (html: string): number => Buffer.byteLength(html, 'utf8');

describe('the page link', () => {
  it('shows what is wrong and decides with the names that scripts rely on', () => {
    const html = render(pageLinkPage(pageView(), 'n'));
    expect(decisions(html)).toEqual(['acknowledge', 'decline', 'escalate']);
    expect(html).toContain('name="nonce" value="a-nonce-of-22-letters."');
    expect(html).toContain('name="comment"');
    for (const shown of [
      'You are Ana Sorel',
      'severity critical',
      'Replica db-1 lags 900 s',
      'instance=db-1:9100',
      'HTTP 503',
      'https://grafana.example.com/d/checkout',
      'https://meet.example.com/inc-42',
      'Bo Lindqvist, Dana Whitfield',
      '22 Nov, 23:10:00 CET · 5 min ago',
    ])
      expect(html).toContain(shown);
  });

  it('fits into 15 KB, style and all, without script, picture or second request', () => {
    const html = render(pageLinkPage(pageView(), 'n'));
    expect(bytes(html)).toBeLessThanOrEqual(BUDGET);
    expect(html).not.toMatch(/<(script|img|link|iframe|object)\b/);
    expect(html).not.toMatch(/url\(|@import| style=| on[a-z]+=/);
  });

  it('says who has it, and how much faster they were', () => {
    const acknowledged = {
      ...incident,
      status: 'acknowledged' as const,
      acknowledgedBy: 'bo',
      acknowledgedAt: '2026-11-22T22:11:00.000Z',
    };
    const acknowledgedAt = (at: string): Answering => ({
      pagedAt: null,
      answer: { kind: 'acknowledged', at, to: null, holds: true },
    });
    const answers = new Map([
      ['bo', acknowledgedAt('2026-11-22T22:11:00.000Z')],
      ['ana', acknowledgedAt('2026-11-22T22:11:12.000Z')],
    ]);
    const html = render(pageLinkPage({ ...pageView(openedLink({ incident: acknowledged })), answers }, 'n'));
    expect(html).toContain('Bo Lindqvist was 12 s faster');
    expect(decisions(html)).not.toContain('acknowledge');
  });

  it('accepts no decision once the incident is over', () => {
    const over = {
      ...incident,
      status: 'resolved' as const,
      resolvedBy: 'bo',
      resolvedAt: '2026-11-22T22:14:00.000Z',
    };
    const html = render(pageLinkPage({ ...pageView(openedLink({ incident: over })), nonce: null }, 'n'));
    expect(decisions(html)).toEqual([]);
    expect(html).toContain('INC-42 is resolved');
    expect(html).toContain('Bo Lindqvist');
  });

  it('marks a drill in title, frame and words', () => {
    const drill = { ...incident, drill: '0190a000-0000-7000-8000-000000000400' };
    const html = render(pageLinkPage(pageView(openedLink({ incident: drill })), 'n'));
    expect(html).toContain('<title>DRILL: INC-42');
    expect(html).toContain('<body class="drill">');
    expect(html).toContain('DRILL · this is a rehearsal');
  });

  it('escapes text from monitored systems', () => {
    const view = pageView(
      openedLink({ incident: { ...incident, title: HOSTILE, priorityReasons: [HOSTILE] } }),
    );
    const html = render(
      pageLinkPage(
        {
          ...view,
          alerts: view.alerts.map((alert) => ({
            ...alert,
            title: HOSTILE,
            labels: { [HOSTILE]: HOSTILE },
            links: [{ title: HOSTILE, url: 'javascript:alert(3)' }],
          })),
          dashboards: [{ title: 'Run me', url: 'javascript:alert(4)' }],
        },
        'n',
      ),
    );
    expect(html).not.toMatch(/<script|<img/);
    expect(html).not.toMatch(/href="(?!https?:|\/)/);
  });

  const held = openedLink({
    incident: {
      ...incident,
      status: 'acknowledged',
      acknowledgedBy: 'ana',
      acknowledgedAt: '2026-11-22T22:11:00.000Z',
      ackExpiresAt: '2026-11-22T22:41:00.000Z',
    },
  });

  it('still works after the acknowledgement, within the same 15 KB', () => {
    const waiting = {
      run: run.id,
      runbook: 'drain-replica',
      step: 'verify',
      sentence: '- [ ] Canary writes succeed',
      approval: null,
      mayAnswer: true,
    };
    const html = render(pageLinkPage({ ...pageView(held), steps: [waiting] }, 'n'));
    expect(decisions(html)).toEqual([
      'complete_step',
      'skip_step',
      'update',
      'note',
      'hand_over',
      'snooze',
      'resolve',
      'update',
      'escalate',
    ]);
    expect(html).toContain('2 alerts still fire');
    expect(html).toContain('Canary writes succeed');
    expect(bytes(html)).toBeLessThanOrEqual(BUDGET);
    expect(html).not.toMatch(/<(script|img|link|iframe|object)\b/);
  });

  it('offers what the role of the person may do, and no more', () => {
    const html = render(pageLinkPage({ ...pageView(held), mayRespond: false, handOver: [] }, 'n'));
    expect(decisions(html)).toEqual(['escalate']);
  });

  it('shows an approval that waits with exactly what is approved', () => {
    const waiting = {
      run: run.id,
      runbook: 'drain-replica',
      step: 'ask',
      sentence: approval.message,
      approval: { of: approval, content: { inputs: { host: 'replica-2' }, outputs: {} } },
      mayAnswer: true,
    };
    const html = render(pageLinkPage({ ...pageView(held), steps: [waiting] }, 'n'));
    expect(decisions(html)).toEqual(expect.arrayContaining(['approve', 'reject']));
    expect(html).toContain(`name="digest" value="${approval.digest}"`);
    expect(html).toContain('Requested from team checkout');
  });

  it.each([
    ['note', 'Your note is on the record'],
    ['hand_over', 'You reassigned it'],
    ['skip_step', 'You skipped the step'],
  ])('confirms a press on %s', (usedFor, words) => {
    const html = render(
      pageLinkPage(pageView({ ...held, usedFor, usedAt: '2026-11-22T22:14:00.000Z' }), 'n'),
    );
    expect(html).toContain(words);
  });
});

describe('the approval link', () => {
  it('shows exactly what is approved and carries its digest', () => {
    const html = render(approvalLinkPage(approvalView(), 'n'));
    expect(decisions(html)).toEqual(['approve', 'reject']);
    expect(html).toContain(`name="digest" value="${approval.digest}"`);
    expect(html).toContain('replica-2');
    expect(html).toContain('1 of 2 approvals so far');
    expect(html).toContain('not by the person who started the run or wrote the runbook');
    expect(bytes(html)).toBeLessThanOrEqual(BUDGET);
  });

  it('shows hostile inputs as text', () => {
    const html = render(
      approvalLinkPage(
        { ...approvalView(), content: { inputs: { host: HOSTILE, nested: { a: [HOSTILE] } } } },
        'n',
      ),
    );
    expect(html).not.toMatch(/<script|<img/);
  });
});

describe('the review link', () => {
  it('shows the text, what changed, the others and the decision', () => {
    const html = render(reviewLinkPage(reviewView(), 'n'));
    expect(decisions(html)).toEqual(['delegate', 'approve', 'request_changes']);
    expect(html).toContain('name="revision" value="3"');
    expect(html).toContain('<del>unknown</del><ins>About 40 customers</ins>');
    expect(html).toContain('How many orders?');
    expect(html).toContain('<option value="bo">Bo Lindqvist</option>');
    expect(bytes(html)).toBeLessThanOrEqual(BUDGET);
  });

  it('shows what was typed again beside what was missing', () => {
    const html = render(
      reviewLinkPage(
        reviewView({
          typed: { comment: 'half a thought' },
          wrong: { field: 'comment', message: 'Say what has to change.' },
        }),
        'n',
      ),
    );
    expect(html).toMatch(/<textarea id="comment"[^>]*aria-invalid="true"[^>]*>half a thought<\/textarea>/);
    expect(html).toContain('id="comment-error"');
  });

  it('is for requested reviewers', () => {
    const link = openedLink({ kind: 'review' });
    expect(canReview({ postmortem, link })).toBe(true);
    expect(canReview({ postmortem: { ...postmortem, status: 'approved' }, link })).toBe(false);
    expect(canReview({ postmortem: { ...postmortem, reviews: [] }, link })).toBe(false);
  });
});

describe('links that decide nothing', () => {
  it('shows a notice without a form', () => {
    const html = render(
      noticeLinkPage(
        { ...linkView(openedLink({ kind: 'notice', subject: { text: HOSTILE } })), nonce: null },
        'n',
      ),
    );
    expect(html).not.toContain('<form');
    expect(html).not.toContain('<script');
  });

  it('reveals nothing about which links exist', () => {
    expect(render(unknownLinkPage('n'))).toContain('<h1>Link not found</h1>');
  });

  it.each([
    ['revoked', { revokedAt: '2026-11-22T22:12:00.000Z' }, /revoked/],
    ['expired', { expiresAt: '2026-11-22T22:14:59.000Z' }, /expired/],
    ['of a person who left', { person: { ...openedLink().person, active: false } }, /no longer active/],
    [
      'of a merged incident',
      { incident: { ...incident, mergedInto: '0190a000-0000-7000-8000-000000000009' } },
      /merged/,
    ],
  ])('says why a link is dead: %s', (_why, change, words) => {
    expect(deadLink(openedLink(change))?.title).toMatch(words);
  });

  it('works otherwise', () => {
    expect(deadLink(openedLink())).toBeNull();
  });
});
