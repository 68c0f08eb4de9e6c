import { describe, expect, it } from '@jest/globals';
import { cheapest } from '../test/harness/cpu.js';
import { isKeyName, isSecretName, redactedStart, redactRefused, redactText } from './redact.js';

const key32 = 'q3zk9v0m2x7c5b1n8w4r6t0y2u9i3o5p';
const hash32 = '0123456789abcdef0123456789abcdef';
const base62 = 'C2FVsBQIhrscChlQIMV7aZ09';

describe('a text without its secrets', () => {
  it.each([
    // By name.
    ['password=hunter2&next=1', 'password=[redacted]&next=1'],
    ['{"api_key": "abc def", "lag": 3}', '{"api_key": [redacted], "lag": 3}'],
    ['{"routingKey":"abc","x":1}', '{"routingKey":[redacted],"x":1}'],
    ['{"password":"ab\\"cd","x":1}', '{"password":[redacted],"x":1}'],
    ['{"body":"{\\"token\\":\\"ab cd\\",\\"lag\\":3}"}', '{"body":"{\\"token\\":[redacted],\\"lag\\":3}"}'],
    ['"{\\"secret\\": \\"a\\\\\\"b\\"}"', '"{\\"secret\\": [redacted]}"'],
    ["token='sk live 123' x", 'token=[redacted] x'],
    ['{"token":"cut off', '{"token":[redacted]'],
    ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG', 'AWS_SECRET_ACCESS_KEY=[redacted]'],
    ['POST /x?key=abc&sig=def&a=1', 'POST /x?key=[redacted]&sig=[redacted]&a=1'],
    ['curl --api-token abc --max 3', 'curl --api-token [redacted] --max 3'],
    ['Authorization: Bearer abc.def', 'Authorization: [redacted]'],
    ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: [redacted]'],
    [
      'HTTP_AUTHORIZATION=Digest username="ana", response="6629"\nlag: 3',
      'HTTP_AUTHORIZATION=[redacted]\nlag: 3',
    ],
    ['{"authorization":"Digest abc","lag":3}', '{"authorization":[redacted],"lag":3}'],
    ['curl -H "Authorization: Token abc" https://a/', 'curl -H "Authorization: [redacted]" https://a/'],
    ['set-cookie: sid=1; HttpOnly\nlag: 3', 'set-cookie: [redacted]\nlag: 3'],
    ['cookie: a="b c"; sid=d\nlag: 3', 'cookie: [redacted]\nlag: 3'],
    // By shape.
    ['sent Bearer abc to us', 'sent Bearer [redacted] to us'],
    ['sent Basic dXNlcjpwYXNz to us', 'sent Basic [redacted] to us'],
    ['https://user:pw@db.internal/x', 'https://[redacted]@db.internal/x'],
    ['postgres://app:p@ss@db/x', 'postgres://[redacted]@db/x'],
    [`see https://t.example/l/${base62} now`, 'see https://t.example/l/[redacted] now'],
    [`next=%2Fl%2F${base62}&x=1`, 'next=%2Fl%2F[redacted]&x=1'],
    [`POST /in/${hash32}/alertmanager`, 'POST /in/[redacted]/alertmanager'],
    ['GET /ping/5f2c7b1e-9a64-4d0e-8c11-0b6a2f9d7e35/start', 'GET /ping/[redacted]/start'],
    [`key ${key32}, unknown`, 'key [redacted], unknown'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig ok', 'jwt [redacted] ok'],
    ['jwe eyJhbGciOiJkaXIifQ..iv1234567.c1.tag ok', 'jwe [redacted] ok'],
    ['id AKIAIOSFODNN7EXAMPLE ok', 'id [redacted] ok'],
    ['key is whsec_C2FVsBQIhrscChlQIMV7 ok', 'key is [redacted] ok'],
    ...[
      'ghp_',
      'gho_',
      'ghs_',
      'ghu_',
      'ghr_',
      'github_pat_',
      'glpat-',
      'xoxb-',
      'xapp-',
      'sk_live_',
      'sk-proj-',
      'npm_',
      'SG.',
      'hvs.',
      'tcs_',
    ].map((prefix): [string, string] => [`is ${prefix}${base62} ok`, 'is [redacted] ok']),
    [
      `no answer from https://api.telegram.org/bot123456789:${'A'.repeat(35)}/send`,
      'no answer from https://api.telegram.org/bot[redacted]/send',
    ],
    ['https://hooks.slack.com/services/T0/B0/abc down', 'https://hooks.slack.com/services/[redacted] down'],
    [
      'https://discord.com/api/webhooks/12345/ab-c_d down',
      'https://discord.com/api/webhooks/12345/[redacted] down',
    ],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE', '[redacted]'],
    ['a -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- b', 'a [redacted] b'],
    ['-----BEGIN PGP PRIVATE KEY BLOCK-----\nMIIE\n-----END PGP PRIVATE KEY BLOCK----- b', '[redacted] b'],
    // A query parameter is hidden to its end; blanks between a name and its value do not matter.
    ['POST /x?token=ab,cdrest&a=1', 'POST /x?token=[redacted]&a=1'],
    ['GET /x?password=p;wqrst ok', 'GET /x?password=[redacted] ok'],
    ["GET /x?key=ab'cdef ok", 'GET /x?key=[redacted] ok'],
    [`"token":${' '.repeat(9)}"abc"`, `"token":${' '.repeat(9)}[redacted]`],
    [`Bearer${' '.repeat(9)}abcdef ok`, `Bearer${' '.repeat(9)}[redacted] ok`],
    // Reports of others.
    [
      'NousResearch/hermes-agent#74967: Bearer sk:abc:def',
      'NousResearch/hermes-agent#74967: Bearer [redacted]',
    ],
    ['xrootd/xrootd#2343: &authz=Bearer%20zteos64:abc', 'xrootd/xrootd#2343: &authz=Bearer%20[redacted]'],
  ])('%j becomes %j', (text, redacted) => {
    expect(redactText(text)).toBe(redacted);
    expect(redactText(redacted)).toBe(redacted);
  });

  it.each([
    'replica lag 900 s, tokens are fine',
    'INC-42 opened by http://localhost:3000/incidents/42, key dates, token-free',
    'Basic monitoring of the primary key, see PROJ-123',
    `trace ${hash32}, digest sha256:${hash32}${hash32}`,
    'ask-the-duty-engineer about task-force-one',
    'global-payments-db-01, gluster-node-1234567 and glide-worker-prod-3 do not answer',
    'pk_constraint_violation on table, sk-learn_pipeline-failure, npm_lifecycle_event_failed',
    'https://wiki.example.com?to=ana@example.com',
  ])('leaves %j alone', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('hides in a refused body what may be a key of any vendor', () => {
    expect(redactRefused(`{"routin_key":"${hash32}"`)).toBe('{"routin_key":"[redacted]"');
  });

  it.each([
    'a',
    'a.',
    'a-',
    'http',
    'http://',
    'http://a:',
    'a://:',
    ':',
    '@',
    'whsec_',
    'sk-',
    'Bearer ',
    'Basic',
    ' ',
    '/l/',
    '%2Fl%2F',
    '/in/',
    '?key=',
    '"',
    '\\',
    '\\"',
    '"token',
    '"a_',
    '"token" ',
    '"token" : ',
    '"secret":"',
    'key',
    'token=\\"',
    'password',
    'token-',
    'eyJ',
    'eyJ-',
    'eyJaaaaaaaa.',
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----',
    'PRIVATE KEY',
    'cookie:',
    'cookie:x"',
    'authorization ',
    '--',
    '--token ',
    '1',
    '123456:',
    'abc1',
    'hooks.slack.com/',
    'AKIA',
  ])('takes linear time on a run of %j', (run) => {
    const text = run.repeat(64_000 / run.length);
    expect(cheapest(() => redactText(text))).toBeLessThan(100);
    expect(cheapest(() => redactText(`http://a:${text}`))).toBeLessThan(100);
    expect(cheapest(() => redactText(`"token":"${text}`))).toBeLessThan(100);
  });
});

describe('names of secrets', () => {
  it.each([
    'token',
    'adminToken',
    'smtp_password',
    'X-Api-Key',
    'client_secret',
    'Authorization',
    'Set-Cookie',
    'routing_key',
    'db_passwd',
    'pwd',
    'credentials',
    'privateKey',
    'tokenValue',
  ])('%s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each(['key', 'dedup_key', 'cookies_accepted', 'author', 'keyboard', 'status'])('not %s', (name) => {
    expect(isSecretName(name)).toBe(false);
  });

  it('a log hides every other key but those that open nothing', () => {
    expect(['key', 'some_key', 'dedup_key', 'idempotencyKey', 'keys'].map(isKeyName)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

it('a text is redacted before it is cut', () => {
  expect(redactedStart(`${'x '.repeat(20)}${key32} rest`, 60)).toBe(`${'x '.repeat(20)}[redacted] rest`);
  expect(redactedStart(`password=${'a'.repeat(400)}`, 20)).toBe('password=[redacted]');
});
