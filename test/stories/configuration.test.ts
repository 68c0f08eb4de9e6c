/** Configuration as documents over HTTP: planned, applied, refused with the location of each mistake. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProblemReply } from '../../contracts/api/common.js';
import { PlanReply } from '../../contracts/api/configuration.js';
import { organisation } from '../harness/fixtures.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({ parts: ['api'] });
}, 90_000);
afterAll(() => stack.end());

const team = (name: string, displayName = name, members = '[ana]'): string => `---
apiVersion: tocsin/v1
kind: Team
metadata: {name: ${name}}
spec: {displayName: ${displayName}, discipline: development, timezone: UTC, members: ${members}, managers: [ana]}
`;
const plan = (body: string, query = '') =>
  stack.tocsin.ask(PlanReply, 'POST', `/api/v1/config/plan${query}`, body);
const apply = (body: string, query = '') => stack.tocsin.call('POST', `/api/v1/config/apply${query}`, body);

describe('configuration', () => {
  it('is planned without being changed, applied, and unchanged when applied again', async () => {
    const planned = await plan(team('web'));
    expect(planned.changes).toMatchObject([{ action: 'create', kind: 'Team', name: 'web' }]);
    expect((await stack.tocsin.call('GET', '/api/v1/config/Team/web')).status).toBe(404);
    const applied = PlanReply.parse((await apply(team('web'))).json);
    expect(applied.changes).toMatchObject([{ action: 'create' }]);
    expect(PlanReply.parse((await apply(team('web'))).json).changes).toMatchObject([{ action: 'unchanged' }]);
    expect(await stack.tocsin.call('GET', '/api/v1/config/Team/web')).toMatchObject({
      status: 200,
      json: { kind: 'Team', metadata: { name: 'web' }, spec: { displayName: 'web' }, revision: 1 },
    });
  });

  it('keeps every revision and shows the difference before it is made', async () => {
    const [change] = (await plan(team('web', 'The web'))).changes;
    expect(change).toMatchObject({ action: 'update' });
    expect(change?.diff).toMatch(/-.*web[\s\S]*\+.*The web/);
    await apply(team('web', 'The web'));
    const { json } = await stack.tocsin.call('GET', '/api/v1/config/Team/web/revisions');
    expect(json).toMatchObject({ items: [{ revision: 2, author: 'admin-token' }, { revision: 1 }] });
  });

  it('is refused with file, line and column of every mistake, and then nothing is applied', async () => {
    const body = `${team('fine')}---
apiVersion: tocsin/v1
kind: Team
metadata: {name: wrong}
spec:
  displayName: Wrong
  discipline: development
  timezone: Mars/Olympus
  memberz: [ana]
`;
    const { status, json } = await apply(body, '?file=teams.yaml');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    const { errors = [] } = ProblemReply.parse(json);
    expect(errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          file: 'teams.yaml',
          line: 13,
          col: 13,
          message: expect.stringContaining('zone'),
        }),
        expect.objectContaining({
          file: 'teams.yaml',
          line: 14,
          col: 3,
          message: expect.stringContaining('members'),
        }),
      ]),
    );
    expect((await stack.tocsin.call('GET', '/api/v1/config/Team/fine')).status).toBe(404);
  });

  it('is refused when it names what is not there, or deletes what is in use', async () => {
    const dangling = await apply(team('lost', 'lost', '[nobody-here]'));
    expect(dangling.status).toBeGreaterThanOrEqual(400);
    expect(dangling.text).toContain('nobody-here');
    const inUse = await stack.tocsin.call('DELETE', '/api/v1/config/Person/ana');
    expect(inUse.status).toBe(409);
    expect(inUse.text).toContain('checkout');
    expect((await stack.tocsin.call('GET', '/api/v1/config/Person/ana')).status).toBe(200);
  });

  it('is refused when something has changed since it was planned', async () => {
    const { plan: id } = await plan(team('web', 'Planned'));
    await apply(team('web', 'Somebody was faster'));
    const stale = await apply(team('web', 'Planned'), `?plan=${id}`);
    expect(stale.status).toBe(409);
    const fresh = await plan(team('web', 'Planned'));
    expect((await apply(team('web', 'Planned'), `?plan=${fresh.plan}`)).status).toBe(200);
  });

  it('shows a made ingest key once and never again, and the key works', async () => {
    const source = `apiVersion: tocsin/v1
kind: Source
metadata: {name: fresh}
spec: {format: generic, service: checkout-db}
`;
    const { secrets } = PlanReply.parse((await apply(source)).json);
    expect(secrets).toMatchObject([
      { kind: 'Source', name: 'fresh', key: expect.stringMatching(/^[a-z0-9]{32}$/) },
    ]);
    const [secret] = secrets;
    const shown = await stack.tocsin.call('GET', '/api/v1/config?kind=Source');
    expect(shown.text).not.toContain(secret?.key ?? 'no key');
    const sent = await stack.tocsin.call(
      'POST',
      `/in/${secret?.key ?? ''}`,
      { title: 'It works' },
      { token: null },
    );
    expect(sent.status).toBe(202);
  });

  it('exports as YAML what can be applied again without a change', async () => {
    const { text } = await stack.tocsin.call('GET', '/api/v1/config?format=yaml');
    const { changes } = await plan(text);
    expect(changes.filter(({ action }) => action !== 'unchanged')).toEqual([]);
    expect(changes.length).toBeGreaterThan(10);
  });

  it('can be taken down to what a file says, and the plan says so first', async () => {
    const file = organisation(stack.phones);
    const pruned = await plan(file, '?prune=true');
    expect(pruned.changes).toEqual(
      expect.arrayContaining([expect.objectContaining({ action: 'delete', kind: 'Team', name: 'web' })]),
    );
    expect((await apply(file, '?prune=true')).status).toBe(200);
    expect((await stack.tocsin.call('GET', '/api/v1/config/Team/web')).status).toBe(404);
  });
});

describe('a command', () => {
  it('with the same idempotency key is recorded once', async () => {
    const { number } = await stack.declare({ title: 'Told twice' });
    const note = () =>
      stack.tocsin.call(
        'POST',
        `/api/v1/incidents/${number}/notes`,
        { text: 'looking', person: 'ana' },
        { headers: { 'idempotency-key': 'k-1' } },
      );
    const answers = await Promise.all([note(), note(), note()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await stack.kinds(number)).filter((kind) => kind === 'noted')).toHaveLength(1);
  });

  it('that comes too late is refused with what is true now and who made it so', async () => {
    const { number } = await stack.declare({ title: 'Over already' });
    await stack.tell(number, 'resolve', { person: 'bo' });
    const late = await stack.tocsin.call('POST', `/api/v1/incidents/${number}/acknowledge`, {
      person: 'ana',
    });
    expect(late.status).toBe(409);
    const problem = ProblemReply.parse(late.json);
    expect(problem).toMatchObject({ code: 'already_resolved', state: { status: 'resolved', number } });
    expect(problem.detail).toContain('was resolved by Bo at');
  });

  it('of two people at the same moment makes one of them commander and tells the other', async () => {
    const { number } = await stack.declare({ title: 'Both at once' });
    const answers = await Promise.all(
      ['ana', 'bo'].map((person) =>
        stack.tocsin.call('POST', `/api/v1/incidents/${number}/acknowledge`, { person }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const commanders = new Set(answers.map(({ json }) => (json as { commander: string }).commander));
    expect(commanders.size).toBe(1);
  });
});
