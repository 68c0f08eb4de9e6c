/**
 * Documents over HTTP: every kind of mistake at its location, one at a time, secrets shown once, the examples as they
 * are.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProblemReply } from '../../contracts/api/common.js';
import { PlanReply } from '../../contracts/api/configuration.js';
import { CONFIG_KINDS } from '../../domain/config/specs.js';
import { eventually } from '../harness/eventually.js';
import { keys, organisation, person } from '../harness/fixtures.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ parts: ['api'] });
}, 90_000);
afterAll(() => stack.end());

const call = (method: string, path: string, body?: unknown) =>
  stack.tocsin.call(method, `/api/v1/${path}`, body);
const head = (kind: string, name = 'x') =>
  `apiVersion: tocsin/v1\nkind: ${kind}\nmetadata: {name: ${name}}\n`;
const team = (members = '[ana]', more = '') =>
  `${head('Team')}spec:\n  displayName: X\n  discipline: development\n  timezone: UTC\n  members: ${members}\n  managers: [ana]\n${more}`;
const policy = (fields: string) =>
  `${head('EscalationPolicy')}spec: {team: checkout, repeat: 1, ${fields}}\n`;
const source = (fields: string, name = 'x') =>
  `${head('Source', name)}spec: {format: generic, service: checkout-db${fields}}\n`;

describe('a mistake is told with file, line, column and what would be right', () => {
  it.each<[string, () => string, string, string]>([
    ['an unknown field', () => team('[ana]', '  membres: [bo]\n'), '10:3', 'did you mean members'],
    ['a wrong type', () => team('ana'), '8:12', 'a list'],
    ['an unknown kind', () => team().replace('Team', 'Teem'), '2:7', 'did you mean Team'],
    ['another version', () => team().replace('/v1', '/v9'), '1:13', 'tocsin/v1'],
    ['a name that is no slug', () => team().replace('name: x', 'name: Not a slug'), '3:18', 'a-z, 0-9'],
    ['a missing field', () => `${head('Team')}spec: {displayName: X}\n`, '4:1', 'missing'],
    ['a missing spec', () => head('Team'), '1:1', 'missing'],
    ['somebody who is not there', () => team('[ana, nobody]'), '8:18', 'no Person "nobody"'],
    ['one thing twice', () => `${team()}---\n${team()}`, '11:1', 'here twice: first at'],
    ['a key twice', () => team('[ana]', '  timezone: UTC\n'), '10:3', 'here twice'],
    ['a zone that is none', () => team().replace('UTC', 'Mars/Olympus'), '7:13', 'IANA'],
    ['a tab', () => `${head('Team')}spec:\n\tdisplayName: X\n`, '5:1', 'Tabs'],
    ['a bracket that stays open', () => `${head('Team')}spec: {displayName: [}\n`, '4:22', ']'],
    ['code', () => team().replace('displayName: X', 'displayName: !!js/function x'), '5:16', 'unknown tag'],
    ['a reserved name', () => team('[ana]', '  __proto__: {a: 1}\n'), '10:3', 'not allowed'],
    ['NUL', () => team().replace('displayName: X', 'displayName: "a\\0b"'), '5:16', 'control characters'],
    ['a duration in words', () => policy('steps: [{notify: [{person: ana}], wait: 5 minutes}]'), '4:75', '30s, 5m'],
    ['a policy without steps', () => policy('steps: []'), '4:42', 'at least one'],
    ['a broken condition', () => policy('steps: [{notify: [{person: ana}], wait: 5m, if: "incident.priority =="}]'), '4:83', 'EOF'],
    ['a step that is not there', () => `${head('Runbook')}spec: {steps: [{id: a, manual: "x", on-failure: "goto:b"}]}\n`, '4:49', 'no step "b"'],
    ['a key that is too short', () => source(', key: abc'), '4:52', '32 characters'],
    ['the key of another source', () => source(`, key: ${keys.events}`), '4:52', 'same key'],
    ['a channel that is none', () => person('eve', 'responder', 'https://x.example.com').replace('channel: webhook', 'channel: webook'), '10:36', 'webhook'],
    ['no document at all', () => 'hello', '1:1', 'apiVersion'],
  ])('%s', async (_what, document, place, message) => {
    const { status, json } = await call('POST', 'config/plan?file=ops.yaml', document());
    const { code, detail, errors = [] } = ProblemReply.parse(json);
    const [{ file, line, col, message: said } = { message: 'no error' }] = errors;
    expect([status, code, `${file}:${line}:${col}`]).toEqual([422, 'invalid_documents', `ops.yaml:${place}`]);
    expect(said).toContain(message);
    expect(detail).toContain(`ops.yaml:${place}`);
  }); // prettier-ignore

  it('in JSON too', async () => {
    const json =
      '{"apiVersion": "tocsin/v1",\n "kind": "Team",\n "metadata": {"name": "x"},\n "spec": {"displayName": 7}}';
    const answer = await stack.tocsin.call('POST', '/api/v1/config/plan', json, {
      headers: { 'content-type': 'application/json' },
    });
    expect(ProblemReply.parse(answer.json).errors?.[0]).toMatchObject({
      line: 4,
      col: 26,
      path: 'spec.displayName',
    });
  });
});

describe('one document', () => {
  it('is put, read, changed and deleted by its address, and its history stays', async () => {
    const put = (body: string) => call('PUT', 'config/Team/x', body);
    expect(await put(team())).toMatchObject({ status: 201, json: { kind: 'Team', revision: 1 } });
    expect(await put(team('[ana, bo]'))).toMatchObject({ status: 200, json: { revision: 2 } });
    expect(await put(team('[ana, bo]'))).toMatchObject({ status: 200, json: { revision: 2 } });
    expect((await call('PUT', 'config/Team/y', team())).status).toBe(400);
    expect((await call('PUT', 'config/Teem/x', team())).text).toContain('did you mean Team');
    expect((await call('DELETE', 'config/Team/x')).status).toBe(204);
    expect((await call('DELETE', 'config/Team/x')).status).toBe(404);
    expect((await call('GET', 'config/Team/x')).status).toBe(404);
    expect((await call('GET', 'config/Team/x/revisions')).json).toMatchObject({
      items: [{ revision: 3, deleted: true }, { revision: 2, deleted: false }, { revision: 1 }],
    });
  });

  it('that is in use is not deleted, neither alone nor by pruning, and its users are named', async () => {
    const alone = await call('DELETE', 'config/EscalationPolicy/checkout');
    expect(alone).toMatchObject({ status: 409, json: { code: 'in_use' } });
    expect(alone.text).toContain('Service checkout-db');
    const pruned = await call(
      'POST',
      'config/apply?prune=true',
      organisation(stack.phones).replace(
        /---\napiVersion: tocsin\/v1\nkind: EscalationPolicy[\s\S]*?(?=---)/,
        '',
      ),
    );
    expect(pruned.status).toBe(422);
    expect(pruned.text).toContain('Service checkout-db');
    expect((await call('GET', 'config/EscalationPolicy/checkout')).status).toBe(200);
  });
});

describe('an ingest key', () => {
  const send = async (key: string) =>
    (await stack.tocsin.call('POST', `/in/${key}`, { title: 'Ping', severity: 'info' }, { token: null }))
      .status;

  it('that a document brings is taken, changed by the next one, and shown nowhere', async () => {
    const [first, second] = ['d4'.repeat(16), 'e5'.repeat(16)];
    const { secrets } = PlanReply.parse(
      (await call('POST', 'config/apply', source(`, key: ${first}`, 'brought'))).json,
    );
    expect(JSON.stringify(secrets)).not.toContain(first);
    expect(await send(first)).toBe(202);
    await call('POST', 'config/apply', source(`, key: ${second}`, 'brought'));
    expect(await send(second)).toBe(202);
    // A storm costs no lookups: a known key stays cached for one second.
    await eventually(async () => (await send(first)) === 404);
    for (const path of [
      'config?format=yaml',
      'config/Source/brought',
      'config/Source/brought/revisions',
      'audit?limit=200',
    ]) {
      const { text } = await call('GET', path);
      expect([path, text.includes(first), text.includes(second)]).toEqual([path, false, false]);
    }
    // Exported without the key, and applied again: the key stays.
    const exported = (await call('GET', 'config/Source/brought?format=yaml')).text;
    expect((await call('POST', 'config/apply', exported)).json).toMatchObject({
      changes: [{ action: 'unchanged' }],
      secrets: [],
    });
    expect(await send(second)).toBe(202);
    await call('DELETE', 'config/Source/brought?force=true');
    await eventually(async () => (await send(second)) === 404);
  });
});

describe('the examples', () => {
  it('apply together as they are, and stay unchanged when applied again', async () => {
    const folder = join(import.meta.dirname, '..', '..', 'examples', 'config');
    const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
    const all = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n---\n');
    const applied = await call('POST', 'config/apply', all);
    expect([applied.status, applied.status === 200 ? '' : applied.text]).toEqual([200, '']);
    const kinds = new Set(PlanReply.parse(applied.json).changes.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(CONFIG_KINDS));
    const again = PlanReply.parse((await call('POST', 'config/plan', all)).json);
    expect(again.changes.filter(({ action }) => action !== 'unchanged')).toEqual([]);
  });
});
