import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';
import { redactText } from './redact.js';

function logged(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger({ logLevel: 'info' }, 'api', { write: (line) => void lines.push(line) }));
  return lines.map((line): Record<string, unknown> => JSON.parse(line));
}

const canary = 'canary5f3a9c71d2';

describe('the logger', () => {
  it('writes JSON lines with its name and the fields it was given', () => {
    const [line] = logged((log) => log.info({ incident: 'INC-42', dedup_key: 'cpu' }, 'opened'));
    expect(line).toMatchObject({
      name: 'api',
      msg: 'opened',
      incident: 'INC-42',
      dedup_key: 'cpu',
      level: 30,
    });
  });

  it.each([
    [{ authorization: canary }],
    [{ headers: { Authorization: `Bearer ${canary}`, cookie: `sid=${canary}` } }],
    [{ token: canary, admin_token: canary, adminToken: canary }],
    [{ spec: { secret: canary, ingestKey: canary, 'api-key': canary, routing_key: canary } }],
    [{ password: canary, smtp: { url: `smtps://user:${canary}@mail:465` } }],
    [{ url: `/l/${canary}`, other: `https://t.example.com/l/${canary}?x=1` }],
    [{ said: `_1https://user:${canary}@host and abcdefghijklmnopqrstuvwxyz://user:${canary}@host` }],
    [{ path: `/in/${canary}/alertmanager` }],
    [{ list: [{ key: canary }, `whsec_${canary}`] }],
    [{ body: JSON.stringify({ routing_key: canary, payload: {} }) }],
    [{ query: `?routing_key=${canary}&a=1` }],
    [{ err: new Error(`refused: Bearer ${canary}`, { cause: new Error(`postgres://u:${canary}@db/x`) }) }],
    [{ err: Object.assign(new Error('failed'), { config: { headers: { authorization: canary } } }) }],
  ])('hides the secret in %j', (fields) => {
    const lines = logged((log) => log.info(fields, 'x'));
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain(canary);
    expect(JSON.stringify(lines)).toContain('[redacted]');
  });

  it.each([
    ['l', canary],
    ['setup', canary],
    ['reach', canary],
    ['ical', `${canary}.ics`],
    ['hooks/link', canary],
    ['hooks/pushover', `ab12cd34ef56.${canary}`],
    ['in', canary],
  ])('hides what an address below /%s/ opens', (path, secret) => {
    for (const url of [`/${path}/${secret}`, `https://t.example.com/${path}/${secret}?x=1`])
      expect(redactText(`no answer from ${url}`)).not.toContain(canary);
  });

  it('hides secrets in messages, their arguments, bare errors and child loggers', () => {
    const lines = logged((log) => {
      log.info(`calling with Bearer ${canary}`);
      log.info('calling %s', `whsec_${canary}`);
      log.error(new Error(`no answer from /l/${canary}`));
      log.child({ token: canary, worker: 'w1' }).info('bound');
    });
    expect(lines).toHaveLength(4);
    expect(JSON.stringify(lines)).not.toContain(canary);
    expect(lines[2]).toMatchObject({ err: { type: 'Error' } });
    expect(lines[3]).toMatchObject({ worker: 'w1' });
  });

  it('survives values that refer to themselves', () => {
    const loop: Record<string, unknown> = { name: 'loop' };
    loop['self'] = loop;
    expect(logged((log) => log.info({ loop }, 'x'))).toHaveLength(1);
  });
});
