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

  it('hand every variable of .env.example on to the containers, or say in this list why not', () => {
    const elsewhere = new Map([
      ['DATABASE_URL', 'docker-compose.yml makes its own'],
      ['DATABASE_OWNER_URL', 'docker-compose.yml makes its own'],
      ['TEMPORAL_ADDRESS', 'docker-compose.yml makes its own'],
      ['TEMPORAL_NAMESPACE', 'docker-compose.yml makes its own'],
      ['PORT', 'fixed inside a container'],
      ['TOCSIN_HOST', 'fixed inside a container'],
      ['TOCSIN_METRICS_PORT', 'fixed inside a container'],
      ['TOCSIN_WORKER_PORT', 'fixed inside a container'],
      ['TOCSIN_PAGER_PORT', 'fixed inside a container'],
      ['TLS_CERT', 'the gateway stands in front'],
      ['TLS_KEY', 'the gateway stands in front'],
      ['TOCSIN_DATA_DIR', 'npm start alone'],
      ['TEMPORAL_CLI', 'npm start alone'],
      ['CHROME_PATH', 'npm test alone'],
      ['COMPOSE_PROFILES', 'read by docker compose itself'],
      ['TOCSIN_SECRET_DB_PASSWORD', 'an example; .env.runbooks is read by the worker as a whole'],
      ['TOCSIN_SECRET_DB_PASSWORD_HOSTS', 'an example, too'],
    ]);
    const names = [...documented].map((name) => name ?? '');
    const passed = names.filter((name) => compose.includes(`\${${name}:`));
    expect(names.filter((name) => !passed.includes(name)).toSorted()).toEqual(
      [...elsewhere.keys()].toSorted(),
    );
    const { services } = parse(compose, { merge: true }) as {
      services: Record<string, { env_file?: { path: string; required: boolean }[] }>;
    };
    const readers = Object.entries(services).filter(([, { env_file: files }]) => files !== undefined);
    expect(readers).toEqual([
      ['worker', expect.objectContaining({ env_file: [{ path: '.env.runbooks', required: false }] })],
    ]);
  });

  it('say which version of Docker Compose they need', () => {
    // `env_file` with `required` came with 2.24, `configs.content` with 2.23.1.
    expect(compose).toContain('Docker Compose 2.24 or newer');
  });

  it('give no container a capability or a privilege that its program does not need', () => {
    const { services } = parse(compose, { merge: true }) as {
      services: Record<string, { cap_drop?: string[]; security_opt?: string[] }>;
    };
    for (const [name, { cap_drop: dropped, security_opt: options }] of Object.entries(services)) {
      expect({ name, dropped }).toEqual({ name, dropped: ['ALL'] });
      expect({ name, options }).toEqual({ name, options: ['no-new-privileges:true'] });
    }
  });

  it('let the api believe one container about who the client is: the gateway, at an address that no other is given', () => {
    const filled = compose
      .replace(/\$\{TOCSIN_NETWORK:-([\d.]+)\}/g, '$1')
      .replace(/\$\{[A-Z_]+:[-+]([^}]*)\}/g, '$1');
    const { services, networks } = parse(filled, { merge: true }) as {
      services: Record<
        string,
        {
          networks: string[] | Record<string, { ipv4_address: string }>;
          environment?: Record<string, string>;
        }
      >;
      networks: { outside: { ipam: { config: { subnet: string; ip_range: string; gateway: string }[] } } };
    };
    const own = { outside: { ipv4_address: '172.30.77.2' } };
    for (const [name, { networks: of }] of Object.entries(services))
      expect([name, Array.isArray(of)]).toEqual([name, name !== 'gateway']);
    expect(services['gateway']?.networks).toEqual(own);
    expect(services['api']?.environment?.['TOCSIN_TRUSTED_PROXIES']?.split(/[,$]/)[0]).toBe('172.30.77.2');
    expect(networks.outside.ipam.config).toEqual([
      { subnet: '172.30.77.0/24', gateway: '172.30.77.1', ip_range: '172.30.77.128/25' },
    ]);
  });

  it('have no secret of their own', () => {
    const secrets = [...compose.matchAll(/\$\{([A-Z_]*(?:PASSWORD|SECRET_KEY|TOKEN))(:[?-])([^}]*)\}/g)];
    expect(secrets.length).toBeGreaterThan(3);
    const accounts = ['TWILIO_AUTH', 'SLACK_BOT', 'SLACK_APP', 'TELEGRAM_BOT', 'PUSHOVER', 'NTFY'];
    const optional = new Set(['TOCSIN_ADMIN', ...accounts].map((owner) => `${owner}_TOKEN`));
    for (const [, name, operator, rest] of secrets) {
      // Optional: without an admin token there is a one-time link; without an account the channel reports it.
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
    ).toEqual(['gateway', 'mail']);
  });
});
