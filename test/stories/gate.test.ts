/** Only an approved or waived post-mortem leads to `closed`: neither the API nor SQL can bypass it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
let number: string;
let id: string;

beforeAll(async () => {
  stack = await startTestStack();
  ({ number, id } = await stack.declare({ title: 'Nobody may forget this one' }));
  await stack.tell(number, 'acknowledge', { person: 'ana' });
  await stack.tell(number, 'resolve', { person: 'ana' });
  await stack.untilKind(number, 'postmortem_drafted');
}, 90_000);
afterAll(() => stack.end());

const paths = (): Promise<Record<string, object>> =>
  stack.tocsin
    .call('GET', '/api/openapi.json')
    .then(({ json }) => (json as { paths: Record<string, Record<string, object>> }).paths);

describe('a resolved incident', () => {
  it('is closed by no route of the API, whatever the body says', async () => {
    const other = await stack.declare({ title: 'Tried with everything' });
    await stack.tell(other.number, 'resolve', { person: 'ana' });
    const commands = Object.keys(await paths()).filter((path) => path.startsWith('/api/v1/incidents/{'));
    expect(commands.length).toBeGreaterThan(10);
    const bodies = [
      {},
      { person: 'ana' },
      { status: 'closed' },
      { person: 'ana', status: 'closed', force: true },
    ];
    for (const path of [...commands, '/api/v1/incidents/{id}/close', '/api/v1/incidents/{id}']) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        for (const body of bodies) {
          const { status } = await stack.tocsin.call(method, path.replace(/\{[^}]*\}/, other.number), body);
          expect([method, path, status < 500]).toEqual([method, path, true]);
        }
      }
    }
    expect((await stack.incident(other.number)).status).not.toBe('closed');
  });

  it('refuses a review before it was submitted, and a waiver without a reason or by somebody who may not', async () => {
    const review = await stack.tocsin.call(
      'POST',
      `/api/v1/incidents/${number}/postmortem/reviews`,
      {
        decision: 'approve',
      },
      { as: 'bo' },
    );
    expect(review.status).toBe(409);
    const silent = await stack.tocsin.call('POST', `/api/v1/incidents/${number}/postmortem/waive`, {
      person: 'root',
    });
    expect(silent.status).toBe(400);
  });

  it.each([
    ['its status', `status = 'closed'`],
    ['its status and a forged post-mortem', `status = 'closed', postmortem_status = 'approved'`],
    ['its status and a forged waiver', `status = 'closed', postmortem_status = 'waived', closed_at = now()`],
    ['its status and a forged merge', `status = 'closed', merged_into = id`],
  ])('is not closed by SQL that sets %s', async (_what, assignments) => {
    await expect(
      stack.tocsin.sql(`UPDATE incident SET ${assignments} WHERE id = $1`, [id]),
    ).rejects.toMatchObject({
      code: '23514',
      constraint: 'incident_closed_only_through_review',
    });
    expect((await stack.incident(number)).status).toBe('resolved');
  });

  it('is closed without review only where its plan says so with a reason, and never while it is P1 or P2', async () => {
    await stack.apply(`---
apiVersion: tocsin/v1
kind: ResponsePlan
metadata: {name: probes}
spec: {priorities: {P5: {postmortem: {kind: none, reason: "Probes of a test bench: nobody uses it."}}}}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: probe}
spec: {displayName: Probe, team: checkout, tier: 4, policy: checkout, plan: probes}
`);
    const probe = await stack.declare({ title: 'A probe', service: 'probe', severity: 'info' });
    expect(probe.priority).toBe('P5');
    expect(await stack.tell(probe.number, 'resolve', { person: 'ana' })).toMatchObject({
      status: 'closed',
      postmortemStatus: 'waived',
    });
    expect((await stack.timeline(probe.number)).map(({ text }) => text)).toContain(
      'Not reviewed: the response plan probes says so: Probes of a test bench: nobody uses it.',
    );
    const grave = await stack.declare({ title: 'A grave probe', service: 'probe', severity: 'info' });
    await stack.tell(grave.number, 'priority', {
      person: 'ana',
      priority: 'P1',
      reason: 'it feeds the shop',
    });
    expect((await stack.tell(grave.number, 'resolve', { person: 'ana' })).status).toBe('resolved');
    await stack.untilKind(grave.number, 'postmortem_drafted');
    expect((await stack.postmortem(grave.number)).kind).toBe('full');
    const refused = await stack.tocsin.call(
      'POST',
      '/api/v1/config/apply',
      `apiVersion: tocsin/v1
kind: ResponsePlan
metadata: {name: probes}
spec: {priorities: {P2: {postmortem: {kind: none, reason: "too many"}}}}
`,
    );
    expect([refused.status, refused.text]).toEqual([
      422,
      expect.stringContaining('every P2 has a post-mortem of its own'),
    ]);
  });

  it('keeps its events for ever', async () => {
    await expect(
      stack.tocsin.sql(`UPDATE incident_event SET kind = 'postmortem_approved' WHERE incident_id = $1`, [id]),
    ).rejects.toMatchObject({ message: expect.stringContaining('append-only') });
    await expect(
      stack.tocsin.sql('DELETE FROM incident_event WHERE incident_id = $1', [id]),
    ).rejects.toMatchObject({
      message: expect.stringContaining('append-only'),
    });
  });

  it('is closed by a signed waiver, and the audit log says whose', async () => {
    const waived = await stack.tocsin.call(
      'POST',
      `/api/v1/incidents/${number}/postmortem/waive`,
      {
        reason: 'A test of the gate.',
      },
      { as: 'root' },
    );
    expect(waived.status).toBe(200);
    expect(await stack.until(number, ({ status }) => status === 'closed')).toMatchObject({
      postmortemStatus: 'waived',
    });
    const entries = await stack.tocsin.sql<{ actor: string; action: string }>(
      `SELECT actor, action FROM audit_entry WHERE action LIKE '%waive%'`,
    );
    expect(entries).toEqual([expect.objectContaining({ actor: 'root' })]);
  });
});
