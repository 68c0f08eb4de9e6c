import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { organisation, pagerdutyKey } from './testing/organisation.js';
import { type RunningApi, startApi } from './testing/start-api.js';

let api: RunningApi;
let ownKey: string;
beforeAll(async () => {
  api = await startApi();
  const { json } = await api.call('POST', '/api/v1/config/apply', organisation);
  ownKey = (json['secrets'] as { name: string; key: string }[]).find(({ name }) => name === 'own')?.key ?? '';
});
afterAll(() => api.stop());

const actions = (json: Record<string, unknown>): string[] =>
  [...new Set((json['changes'] as { action: string }[]).map(({ action }) => action))].toSorted();
const count = async (table: string): Promise<number> => {
  const rows: { n: number }[] = await api.store.dataSource.query(`SELECT count(*)::int AS n FROM ${table}`);
  return rows[0]?.n ?? 0;
};

describe('configuration documents', () => {
  it('are unchanged when an export is applied again', async () => {
    const exported = await api.call('GET', '/api/v1/config?format=yaml');
    expect(exported.headers.get('content-type')).toContain('text/yaml');
    expect(exported.text).not.toContain(pagerdutyKey);
    const again = await api.call('POST', '/api/v1/config/apply?prune=true', exported.text);
    expect([again.status, actions(again.json), again.json['secrets']]).toEqual([200, ['unchanged'], []]);
  });

  it('are applied all or none', async () => {
    const before = await count('config_object');
    const wrong = `${organisation.replace('tier: 1', 'tier: 2')}---\nkind: Service\n`;
    const answer = await api.call('POST', '/api/v1/config/apply?file=org.yaml', wrong);
    expect(answer.json).toMatchObject({
      status: 422,
      code: 'invalid_documents',
      errors: expect.arrayContaining([expect.objectContaining({ file: 'org.yaml', line: 61, path: 'spec' })]),
    });
    expect(await count('config_object')).toBe(before);
  });

  it('are applied by a plan only while it holds', async () => {
    const text = organisation.replace('Checkout database', 'Checkout store');
    const plan = await api.call('POST', '/api/v1/config/plan', text);
    expect([plan.status, actions(plan.json)]).toEqual([200, ['unchanged', 'update']]);
    const apply = (body: string) =>
      api.call('POST', `/api/v1/config/apply?plan=${String(plan.json['plan'])}`, body);
    expect((await apply(organisation)).json).toMatchObject({ status: 409, code: 'stale_plan' });
    expect((await apply(text)).status).toBe(200);
    expect((await apply(text)).json).toMatchObject({ status: 409, code: 'stale_plan' });
    expect((await api.call('POST', '/api/v1/config/apply?plan=x', text)).status).toBe(404);
  });

  it('cannot be deleted while something uses them, and keep their history', async () => {
    const used = await api.call('DELETE', '/api/v1/config/EscalationPolicy/checkout');
    expect(used.json).toMatchObject({
      status: 409,
      code: 'in_use',
      detail: expect.stringContaining('Service checkout-db'),
    });
    expect((await api.call('DELETE', '/api/v1/config/Runbook/look')).status).toBe(204);
    expect((await api.call('GET', '/api/v1/config/Runbook/look')).status).toBe(404);
    const { json } = await api.call('GET', '/api/v1/config/Runbook/look/revisions');
    expect(json['items']).toMatchObject([
      { revision: 2, deleted: true },
      { revision: 1, deleted: false },
    ]);
    await api.call('POST', '/api/v1/config/apply', organisation);
  });

  it('suggest a fix for a wrong kind, an empty body and another name', async () => {
    expect((await api.call('GET', '/api/v1/config/Servce/x')).json).toMatchObject({
      status: 404,
      detail: expect.stringContaining('Service'),
    });
    expect((await api.call('POST', '/api/v1/config/apply')).json).toMatchObject({
      status: 400,
      code: 'empty_body',
    });
    const other =
      'apiVersion: tocsin/v1\nkind: Team\nmetadata: {name: a}\nspec: {displayName: A, discipline: support, timezone: UTC}\n';
    expect((await api.call('PUT', '/api/v1/config/Team/b', other)).status).toBe(400);
  });
});

describe('intake', () => {
  const event = {
    event_action: 'trigger',
    dedup_key: 'db/lag',
    payload: { summary: 'Lag', source: 'db-1', severity: 'critical' },
  };
  const post = (path: string, body: unknown) => api.call('POST', path, body, { token: null });

  it('answers in the words of the format, after the commit', async () => {
    const answer = await post('/v2/enqueue', { ...event, routing_key: pagerdutyKey });
    expect([answer.status, answer.json]).toEqual([
      202,
      { status: 'success', message: 'Event processed', dedup_key: 'db/lag' },
    ]);
    const again = await post(`/in/${pagerdutyKey}/v2/enqueue/`, event);
    expect(again.status).toBe(202);
    const { json } = await api.call('GET', '/api/v1/alerts?source=pager');
    expect(json['items']).toMatchObject([{ dedupKey: 'db/lag', count: 2, status: 'open' }]);
  });

  it('accepts the generic format below the key, whatever the content type', async () => {
    const answer = await api.call('POST', `/in/${ownKey}/`, '{"title": "Disk full"}', {
      token: null,
      headers: { 'content-type': 'text/plain' },
    });
    expect([answer.status, answer.json['status']]).toEqual([202, 'accepted']);
  });

  it('leaves a record of what it refuses, without the key in it', async () => {
    const before = await count('rejection');
    expect(
      // An action without a letter requests nothing (uptime-kuma#6105); any other is read as far as possible.
      (await post('/v2/enqueue', { ...event, client: 'poke', routing_key: pagerdutyKey, event_action: '0' }))
        .json,
    ).toMatchObject({ status: 'invalid event' });
    expect((await post('/v2/enqueue', { ...event, routing_key: 'x'.repeat(32) })).status).toBe(403);
    expect((await post(`/in/${'x'.repeat(32)}`, {})).json).toMatchObject({
      status: 404,
      code: 'unknown_source_key',
    });
    expect((await post(`/in/${ownKey}`, '{"title": ')).status).toBe(400);
    expect((await post(`/in/${ownKey}`, `{"title": "\\u0000", "x": "${'y'.repeat(300_000)}"}`)).status).toBe(
      413,
    );
    expect(await count('rejection')).toBe(before + 5);
    const { text } = await api.call('GET', '/api/v1/rejections');
    expect(text).toContain('poke');
    expect(text).not.toContain(pagerdutyKey);
  });

  it('refuses a key whose source was deleted', async () => {
    await api.call('DELETE', '/api/v1/config/Source/pager?force=true');
    const answer = await post('/v2/enqueue', { ...event, routing_key: pagerdutyKey });
    expect(answer.status).toBe(403);
    await api.call('POST', '/api/v1/config/apply', organisation);
  });
});

describe('declaring', () => {
  it('with a key is one incident, however often it is sent', async () => {
    const declare = () =>
      api.call(
        'POST',
        '/api/v1/incidents',
        { title: 'Slow', service: 'checkout-db' },
        { headers: { 'idempotency-key': 'a1' } },
      );
    const answers = await Promise.all([declare(), declare(), declare()]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 201]);
    expect(new Set(answers.map(({ json }) => json['id'])).size).toBe(1);
  });

  it('refuses a service that does not exist', async () => {
    expect((await api.call('POST', '/api/v1/incidents', { title: 'x', service: 'nope' })).json).toMatchObject(
      { status: 400, errors: [{ path: 'service' }] },
    );
  });

  it('merges into another, all or nothing', async () => {
    const [one, two] = [
      await api.call('POST', '/api/v1/incidents', { title: 'A' }),
      await api.call('POST', '/api/v1/incidents', { title: 'B' }),
    ];
    const path = `/api/v1/incidents/${String(one.json['number'])}/merge`;
    const merged = await api.call('POST', path, { into: two.json['number'] });
    expect(merged.json).toMatchObject({ status: 'closed', mergedInto: two.json['id'] });
    expect((await api.call('POST', path, { into: two.json['number'] })).json).toMatchObject({
      status: 409,
      code: 'merged',
    });
    const third = await api.call('POST', '/api/v1/incidents', { title: 'C' });
    expect(
      (
        await api.call('POST', `/api/v1/incidents/${String(third.json['id'])}/merge`, {
          into: one.json['id'],
        })
      ).status,
    ).toBe(409);
    expect((await api.call('GET', `/api/v1/incidents/${String(third.json['id'])}`)).json['status']).toBe(
      'triggered',
    );
  });
});
