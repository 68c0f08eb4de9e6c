/**
 * Texts of an alert in a runbook's request: they can be values in it, and nothing more (docs/security.md S4, S14).
 */
import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { runbookSpec } from '../../contracts/config/runbook.js';
import { createRunbookActivities } from '../../activities/runbook-activities.js';
import type { EgressRequest } from '../../ports/egress.js';
import type { CheckSpec } from '../../domain/config/terms.js';
import type { RunbookStep } from '../../domain/runbook/definition.js';
import type { HttpCall } from '../../steps/http/step.js';
import { renderStep } from '../../domain/runbook/render-step.js';
import { createEgress } from '../../egress/egress.js';
import { secretsOf, unusableSecrets } from '../../worker/runbook-secrets.js';
import { openProof, RecordedRun } from '../../workflows/testing/recorded-run.js';

const problems = (step: object, hosts?: string[]): string[] => {
  const read = runbookSpec.safeParse({ steps: [step], ...(hosts && { hosts }) });
  return read.success ? [] : read.error.issues.map(({ message }) => message);
};

const scope = (x: unknown) => ({ inputs: { x }, incident: {}, alert: null, steps: {} });

const urlOf = (url: string, x: unknown, hosts?: string[]): string => {
  const rendered = renderStep({ id: 'call', http: { url } }, scope(x), hosts);
  return rendered.kind === 'http' ? rendered.call.url : '';
};

describe('H3: a value in a runbook URL', () => {
  it.each([
    ['x/../../admin?force=1#y', 'x%2F..%2F..%2Fadmin%3Fforce%3D1%23y'],
    ['127.0.0.1:18777/evil?', '127.0.0.1%3A18777%2Fevil%3F'],
    ['a&b=c+d', 'a%26b%3Dc%2Bd'],
    ['\\evil\r\nHost: x', '%5Cevil%0D%0AHost%3A%20x'],
    ['%2e%2e%2f', '%252e%252e%252f'],
    ['\ud800ü', '%EF%BF%BD%C3%BC'],
    [42, '42'],
  ])('%j is one part of the path or the query', (value, encoded) => {
    expect(urlOf('https://db/safe/${{ inputs.x }}/lag?h=${{ inputs.x }}', value)).toBe(
      `https://db/safe/${encoded}/lag?h=${encoded}`,
    );
    const url = new URL(urlOf('https://db/safe/${{ inputs.x }}/lag?h=${{ inputs.x }}', value));
    expect([url.host, url.pathname.split('/').length, url.searchParams.size, url.hash]).toEqual([
      'db',
      4,
      1,
      '',
    ]);
  });

  it.each(['..', '.', '', null])('%j in the path is refused: it would ask for another folder', (value) => {
    expect(() => urlOf('https://db/hosts/${{ inputs.x }}', value)).toThrow(
      /in the path of the URL|URL's path/,
    );
    expect(urlOf('https://db/hosts?x=${{ inputs.x }}', value)).toBe(`https://db/hosts?x=${value ?? ''}`);
  });

  it('two values cannot make a step upwards together', () => {
    expect(() => urlOf('https://db/a/${{ inputs.x }}${{ inputs.x }}/b', '.')).toThrow(/URL's path/);
    expect(() => urlOf('https://db/a/.%2${{ inputs.x }}/b', 'e')).toThrow(/URL's path/);
  });

  it.each([
    'https://${{ inputs.x }}/',
    'https://${{ inputs.x }}.internal.example/x',
    'https://db:${{ inputs.x }}/x',
    'https://db${{ inputs.x }}',
    'http${{ inputs.x }}://db/',
    '${{ inputs.x }}',
    '${{ inputs.x }}/x',
    'https://u:${{ inputs.x }}@db/',
    'https:/${{ inputs.x }}',
    'https:///${{ inputs.x }}',
    'javascript:${{ inputs.x }}',
  ])('%s is refused when it is applied and when it would be sent', (url) => {
    const inputs = { x: { type: 'string' } };
    const read = runbookSpec.safeParse({ inputs, steps: [{ http: { url } }] });
    expect(read.success).toBe(false);
    expect(() => urlOf(url, 'evil.example')).toThrow(/the URL/);
  });

  it('chooses among the hosts that the runbook lists, and no others', () => {
    const hosts = ['*.internal.example', 'db-1:9100'];
    const template = 'https://${{ inputs.x }}/lag';
    expect(urlOf(template, 'DB-7.internal.example', hosts)).toBe('https://DB-7.internal.example/lag');
    expect(urlOf(template, 'db-1:9100', hosts)).toBe('https://db-1:9100/lag');
    expect(urlOf('http://${{ inputs.x }}:8080/lag', 'a.internal.example', hosts)).toBe(
      'http://a.internal.example:8080/lag',
    );
    for (const other of [
      'evil.example',
      'internal.example',
      'xinternal.example',
      'evil.example/.internal.example',
      'evil.example?.internal.example',
      'evil.example#.internal.example',
      'evil.example\\.internal.example',
      'u@db.internal.example',
      'a.internal.example:22',
      'db-1',
      'db-1:22',
      'a.internal.example.',
      '',
    ])
      expect(() => urlOf(template, other, hosts)).toThrow(/not one of the runbook's hosts/);
  });

  it('with hosts, also what is written out stays within them', () => {
    expect(problems({ http: { url: 'https://db.internal/x' } }, ['db.internal'])).toEqual([]);
    expect(problems({ http: { url: 'https://evil.example/x' } }, ['db.internal'])).toEqual([
      'goes to evil.example, which is not in hosts: db.internal',
    ]);
    expect(problems({ check: { tcp: 'evil.example', port: 22 } }, ['db.internal'])).toHaveLength(1);
    expect(problems({ http: { url: 'https://a/' } }, ['https://a'])).toEqual([
      'a host such as db.internal, *.db.internal or db.internal:8443',
    ]);
  });

  it.each<[CheckSpec]>([
    [{ dns: '${{ inputs.x }}' }],
    [{ tls: '${{ inputs.x }}' }],
    [{ tcp: '${{ inputs.x }}', port: 5432 }],
    [{ http: 'http://${{ inputs.x }}/' }],
  ])('the same holds for the check %j', (check) => {
    const step: RunbookStep = { id: 'look', check };
    expect(problems({ ...step, if: 'true' })).not.toEqual([]);
    expect(() => renderStep(step, scope('evil.example'))).toThrow(/lets a value choose the host/);
    expect(() => renderStep(step, scope('evil.example'), ['*.db'])).toThrow(/not one of the runbook's hosts/);
    expect(renderStep(step, scope('a.db'), ['*.db'])).toMatchObject({ kind: 'check' });
  });

  it('a secret is never part of a host', () => {
    expect(problems({ http: { url: 'https://${{ secrets.db }}.a/' } }, ['*.a'])).toEqual([
      expect.stringMatching(/secret in its host/),
    ]);
  });
});

describe('H3: a value in a body or a header', () => {
  it('is one field of a form, and never another', () => {
    const http: HttpCall = {
      url: 'https://db/',
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'host=${{ inputs.x }}&force=0',
    };
    expect(renderStep({ id: 'c', http }, scope('a&force=1'))).toMatchObject({
      call: { body: 'host=a%26force%3D1&force=0' },
    });
  });

  it('does not stand in JSON that is written as text', () => {
    const body = '{"host": "${{ incident.title }}"}';
    expect(problems({ http: { url: 'https://db/', method: 'POST', body } })).toEqual([
      expect.stringMatching(/JSON written as text/),
    ]);
    expect(
      problems({ http: { url: 'https://db/', method: 'POST', body: { host: '${{ incident.title }}' } } }),
    ).toEqual([]);
  });

  it.each(['a\r\nX-Evil: 1', 'a\nb', 'a\0b'])(
    '%j begins no other header: the request is not sent',
    async (value) => {
      const egress = createEgress({ allow: [], lookup: () => Promise.reject(new Error('looked up')) });
      const rendered = renderStep(
        { id: 'c', http: { url: 'https://db/', headers: { x: '${{ inputs.x }}' } } },
        scope(value),
      );
      const headers = rendered.kind === 'http' ? (rendered.call.headers ?? {}) : {};
      expect(await egress.request({ method: 'GET', url: 'https://db/', headers, timeoutMs: 1000 })).toEqual({
        kind: 'refused',
        reason: 'the value of header x has characters that a header cannot carry',
      });
      await egress.close();
    },
  );
});

const SECRET = 'p@ss w/rd+&="q-0123456789';
const env = { TOCSIN_SECRET_DB: SECRET, TOCSIN_SECRET_DB_HOSTS: 'db.internal, *.example.com:8443' };

async function call(
  http: HttpCall,
  answer: { status?: number; body?: string; truncated?: boolean },
  given: NodeJS.ProcessEnv = env,
) {
  const record = new RecordedRun({ runId: 'run', steps: [{ id: 'call', http }] });
  const sent: EgressRequest[] = [];
  const activities = createRunbookActivities({
    runs: record,
    egress: {
      request: async (request) => {
        sent.push(request);
        return { kind: 'answered', status: 200, headers: {}, body: '', truncated: false, ms: 1, ...answer };
      },
      resolve: async () => ({ kind: 'refused', reason: '' }),
    },
    checks: { run: async () => ({ ok: true, summary: '', output: '', ms: 0 }) },
    notices: { notify: async () => ({ people: [] }) },
    proof: openProof,
    secrets: secretsOf(given),
  });
  const at = { incidentId: 'incident-1', runId: 'run', step: 'call', execution: 1 };
  const failure = await activities.doStep({ at }).then(
    () => null,
    (error: unknown) => (error instanceof ApplicationFailure ? error : Promise.reject(error)),
  );
  return { sent, failure: failure?.message ?? null, kept: record.kept.get('call') };
}

const header = { authorization: 'Bearer ${{ secrets.db }}' };

describe('H3: a secret goes to its own hosts only', () => {
  it.each(['https://db.internal/x', 'https://DB.internal/x', 'https://a.example.com:8443/'])(
    '%s: sent',
    async (url) => {
      const { sent } = await call({ url, headers: header }, {});
      expect(sent[0]?.headers).toMatchObject({ authorization: `Bearer ${SECRET}` });
    },
  );

  it.each([
    'https://evil.example/x',
    'http://db.internal/x',
    'http://a.example.com:8443/',
    'https://db.internal:8443/x',
    'https://db.internal.evil.example/x',
    'https://evil.example/db.internal',
    'https://a.example.com/',
    'https://example.com:8443/',
  ])('%s: nothing is sent', async (url) => {
    const { sent, failure } = await call({ url, headers: header }, {});
    expect(sent).toEqual([]);
    expect(failure).toMatch(
      /^The secret "db" may not be sent to .*, only to db.internal, \*.example.com:8443$/,
    );
  });

  it('goes without TLS only where its list says http://', async () => {
    const given = {
      TOCSIN_SECRET_DB: SECRET,
      TOCSIN_SECRET_DB_HOSTS: 'http://db.internal:8080,https://db.internal',
    };
    const to = async (url: string) => (await call({ url, headers: header }, {}, given)).failure;
    expect(await to('http://db.internal:8080/')).toBeNull();
    expect(await to('https://db.internal/')).toBeNull();
    expect(await to('https://db.internal:8080/')).toContain('may not be sent to db.internal:8080');
    expect(await to('http://db.internal/')).toContain('may not be sent to http://db.internal, only to');
  });

  it('is percent-encoded where it is part of a URL', async () => {
    const { sent } = await call({ url: 'https://db.internal/k/${{ secrets.db }}?k=${{ secrets.db }}' }, {});
    expect(sent[0]?.url).toBe(
      `https://db.internal/k/${encodeURIComponent(SECRET)}?k=${encodeURIComponent(SECRET)}`,
    );
  });

  it.each([
    [
      { TOCSIN_SECRET_DB: SECRET },
      'TOCSIN_SECRET_DB is bound to no host: set TOCSIN_SECRET_DB_HOSTS to the hosts it may be sent to',
    ],
    [
      { TOCSIN_SECRET_DB: 'short', TOCSIN_SECRET_DB_HOSTS: 'db.internal' },
      'TOCSIN_SECRET_DB has 5 characters; at least 8',
    ],
    [
      { TOCSIN_SECRET_DB: SECRET, TOCSIN_SECRET_DB_HOSTS: 'ftp://db' },
      'TOCSIN_SECRET_DB_HOSTS "ftp://db" is no host',
    ],
  ])('%j is told at the start and refused to a step', async (given, why) => {
    const { sent, failure } = await call({ url: 'https://db.internal/', headers: header }, {}, given);
    expect(sent).toEqual([]);
    expect(failure).toContain(why);
    expect(unusableSecrets(given)).toEqual([failure]);
  });

  it('root keys and lists of hosts are no secrets of runbooks', async () => {
    const given = { TOCSIN_SECRET_KEY: 'k'.repeat(32), TOCSIN_SECRET_KEY_PREVIOUS: 'p'.repeat(32), ...env };
    for (const name of ['key', 'KEY', 'key_previous', 'key-previous', 'db_hosts'])
      expect(await secretsOf(given).find(name)).toBeNull();
    expect(unusableSecrets(given)).toEqual([]);
  });
});

describe('M6, M7: what echoes a secret', () => {
  const encodings: [string, string][] = [
    ['plain', SECRET],
    ['percent', encodeURIComponent(SECRET)],
    ['url', encodeURI(SECRET)],
    ['json', JSON.stringify(SECRET).slice(1, -1)],
    ['html', SECRET.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ...[0, 1, 2].map((before): [string, string] => [
      `base64 at ${before}`,
      Buffer.from('x'.repeat(before) + SECRET).toString('base64'),
    ]),
  ];
  it.each(encodings)('%s is hidden in what is kept and what is said', async (_, echoed) => {
    const answered = await call(
      { url: 'https://db.internal/', headers: header },
      { body: `you sent ${echoed} to us` },
    );
    const failed = await call(
      { url: 'https://db.internal/', headers: header },
      { status: 500, body: `${'.'.repeat(95)}${echoed}` },
    );
    const shown = JSON.stringify([answered.kept, failed.failure, failed.kept]);
    expect(shown).toContain('[redacted]');
    for (let at = 0; at + 12 <= echoed.length; at++) expect(shown).not.toContain(echoed.slice(at, at + 12));
  });

  it('also where the answer is cut in the middle of it', async () => {
    const { kept } = await call(
      { url: 'https://db.internal/', headers: header },
      { body: `you sent ${SECRET.slice(0, 15)}`, truncated: true },
    );
    expect(kept?.result).toMatchObject({ body: 'you sent [redacted]' });
  });
});
