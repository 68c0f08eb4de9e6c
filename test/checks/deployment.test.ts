import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const compose = readFileSync('docker-compose.yml', 'utf8');
const example = readFileSync('.env.example', 'utf8');
const documented = new Set([...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name));

describe('the deployment files', () => {
  it('document every variable that docker-compose.yml asks for', () => {
    const asked = [...compose.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !documented.has(name))).toEqual([]);
  });

  it('document every variable that the configuration reads', () => {
    const source = readFileSync('config/environment.ts', 'utf8');
    const read = [...source.matchAll(/'([A-Z][A-Z_]+)',/g)].map(([, name]) => name);
    expect(read).toContain('DATABASE_URL');
    // Set by the supervisor alone.
    expect(read.filter((name) => !documented.has(name))).toEqual(['TOCSIN_PRACTICE']);
  });

  it('hand every channel account of .env.example on to the containers', () => {
    const source = readFileSync('config/channel-settings.ts', 'utf8');
    const accounts = [...source.matchAll(/'([A-Z]+_[A-Z_]+)'/g)].map(([, name]) => name ?? '');
    expect(accounts).toContain('TELEGRAM_WEBHOOK_SECRET');
    // Other addresses of a provider are for tests; replies by mail need a port that the gateway does not publish.
    const wanted = accounts.filter((name) => !/_API_URL$|^TOCSIN_REPLY_/.test(name) && documented.has(name));
    expect(wanted.filter((name) => !compose.includes(`\${${name}:`))).toEqual([]);
  });

  it('have no secret of their own', () => {
    const secrets = [...compose.matchAll(/\$\{([A-Z_]*(?:PASSWORD|SECRET_KEY|TOKEN))(:[?-])([^}]*)\}/g)];
    expect(secrets.length).toBeGreaterThan(3);
    const accounts = ['TWILIO_AUTH', 'SLACK_BOT', 'SLACK_APP', 'TELEGRAM_BOT', 'PUSHOVER', 'NTFY'];
    const optional = new Set(['TOCSIN_ADMIN', ...accounts].map((owner) => `${owner}_TOKEN`));
    for (const [, name, operator, rest] of secrets) {
      // Optional: without an admin token there is a one-time link, without an account its channel says so.
      if (optional.has(name ?? '')) expect(`${operator}${rest}`).toBe(':-');
      else expect({ name, operator }).toEqual({ name, operator: ':?' });
    }
    expect(example).not.toMatch(/^[A-Z_]*(PASSWORD|SECRET_KEY|TOKEN)=\S/m);
  });

  it('run two api, two worker and one pager, each with a health check, and publish the gateway alone', () => {
    const { services } = parse(compose, { merge: true }) as {
      services: Record<string, { deploy?: { replicas: number }; healthcheck?: unknown; ports?: string[] }>;
    };
    expect(services['api']?.deploy?.replicas).toBe(2);
    expect(services['worker']?.deploy?.replicas).toBe(2);
    for (const name of ['api', 'worker', 'pager', 'postgres', 'temporal'])
      expect(services[name]?.healthcheck).toBeDefined();
    expect(
      Object.entries(services).flatMap(([name, { ports }]) => (ports === undefined ? [] : [name])),
    ).toEqual(['gateway']);
  });
});
