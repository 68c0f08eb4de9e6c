import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PagedFixture, pagedFixture } from '../../db/testing/paged-fixture.js';
import { type RunningApi, startApi } from '../../api/testing/start-api.js';

let api: RunningApi;
let stack: PagedFixture;
beforeAll(async () => {
  api = await startApi();
  stack = await pagedFixture(api.store.dataSource, api.store);
});
afterAll(() => api.stop());

const tap = (link: string, body: unknown) => api.call('POST', `/hooks/link/${link}`, body, { token: null });

describe('one tap', () => {
  it('acknowledges, and says so again when it is tapped twice', async () => {
    const incident = await stack.page();
    const [first, second] = [
      await tap(incident.link, { decision: 'acknowledge' }),
      await tap(incident.link, { decision: 'acknowledge' }),
    ];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.json).toMatchObject({
      incident: incident.number,
      status: 'acknowledged',
      message: `${incident.number} is acknowledged by you: Lag on checkout-db`,
    });
    expect((await stack.deliveries(incident))[0]?.state).toBe('delivered');
  });

  it.each(['escalate', 'decline'])('%s twice escalates by one step', async (decision) => {
    const incident = await stack.page();
    await Promise.all([tap(incident.link, { decision }), tap(incident.link, { decision })]);
    await tap(incident.link, { decision });
    const steps = await stack.query(
      `SELECT 1 FROM incident_event WHERE incident_id = $1 AND kind = 'escalated'`,
      [incident.id],
    );
    expect(steps).toHaveLength(1);
  });

  it('escalate in a page whose step is over escalates no further, like the same answer by text', async () => {
    const incident = await stack.page();
    await stack.pageNext(incident);
    const answer = await tap(incident.link, { decision: 'escalate' });
    expect(answer.json).toMatchObject({
      status: 409,
      detail: `Not done. ${incident.number} has gone on to step 2 already`,
    });
    // A refused tap used nothing up: the second one is told the same.
    expect((await tap(incident.link, { decision: 'escalate' })).json).toMatchObject({ status: 409 });
    expect(
      await stack.query(
        `SELECT 1 FROM incident_event WHERE incident_id = $1 AND kind = 'escalated' AND data->>'reason' <> 'test'`,
        [incident.id],
      ),
    ).toEqual([]);
  });

  it('after the end is refused with the current state', async () => {
    const incident = await stack.page();
    await stack.store.recorder.record({
      incidentId: incident.id,
      actor: 'bo',
      command: { type: 'resolve', comment: null, because: 'person' },
    });
    const answer = await tap(incident.link, { decision: 'acknowledge' });
    expect(answer.json).toMatchObject({
      status: 409,
      detail: expect.stringContaining('resolved by Bo Lind'),
    });
  });
});

it('changes nothing on GET, with a wrong token or with a wrong decision', async () => {
  const incident = await stack.page();
  for (const method of ['GET', 'HEAD'])
    expect((await api.call(method, `/hooks/link/${incident.link}`, undefined, { token: null })).status).toBe(
      404,
    );
  expect((await tap('A'.repeat(32), { decision: 'acknowledge' })).status).toBe(404);
  const wrong = await tap(incident.link, { decision: 'resolve' });
  expect(wrong.json).toMatchObject({
    status: 400,
    errors: [{ path: 'decision', message: expect.stringContaining('one of acknowledge, escalate, decline') }],
  });
  expect((await tap(incident.link, '{"decision":')).status).toBe(400);
  expect(await stack.status(incident)).toBe('triggered');
});
