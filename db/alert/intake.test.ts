import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { AlertSignal } from '../../domain/alert/signal.js';
import type { Severity } from '../../domain/config/terms.js';
import { withDatabase } from '../../test/harness/database.js';
import { readEvents } from '../incident/record.js';
import { createStore } from '../connection/store.js';

const signal = (severity: Severity, action: AlertSignal['action'] = 'trigger'): AlertSignal => ({
  action,
  dedupKey: 'replica-lag',
  title: 'Replica lag',
  severity,
  labels: { service: 'checkout-db' },
  links: [],
  occurredAt: null,
  detail: null,
});

async function intakeOn(dataSource: DataSource) {
  const team = {
    displayName: 'Checkout',
    discipline: 'development',
    timezone: 'UTC',
    members: [],
    managers: [],
  };
  const service = {
    displayName: 'Checkout database',
    team: 'checkout',
    tier: 1,
    dependsOn: [],
    links: [],
    diagnostics: [],
  };
  await dataSource.query(
    `INSERT INTO config_object (kind, name, revision, spec, author, at)
     VALUES ('Team', 'checkout', 1, $1, 'test', tocsin_now()), ('Service', 'checkout-db', 1, $2, 'test', tocsin_now())`,
    [JSON.stringify(team), JSON.stringify(service)],
  );
  await dataSource.query('UPDATE config_head SET version = version + 1');
  const store = createStore(dataSource, randomBytes(32));
  const take = async (...signals: AlertSignal[]) => {
    const [first] = await store.intake.ingest({
      source: 'prometheus',
      spec: { format: 'generic' },
      signals,
      raw: null,
    });
    return first?.incident ?? '';
  };
  const priorityOf = async (id: string) => {
    const rows: { priority: string }[] = await dataSource.query(
      'SELECT priority FROM incident WHERE id = $1',
      [id],
    );
    return rows[0]?.priority;
  };
  return { store, take, priorityOf };
}

describe('an open alert that is sent again', () => {
  it('raises its incident when it got worse, and never lowers it', async () => {
    await withDatabase(async (dataSource) => {
      const { take, priorityOf } = await intakeOn(dataSource);
      const incident = await take(signal('warning'));
      expect(await priorityOf(incident)).toBe('P3');
      expect(await take(signal('critical'))).toBe(incident);
      expect(await priorityOf(incident)).toBe('P1');
      await take(signal('info'));
      expect(await priorityOf(incident)).toBe('P1');
      const kinds = (await readEvents(dataSource, incident, 0)).map(({ kind }) => kind);
      expect(kinds).toEqual(['opened', 'priority_set']);
    });
  });

  it('leaves the priority that a person set', async () => {
    await withDatabase(async (dataSource) => {
      const { store, take, priorityOf } = await intakeOn(dataSource);
      const incident = await take(signal('warning'));
      await store.recorder.record({
        incidentId: incident,
        actor: 'ana',
        command: {
          type: 'set_priority',
          priority: 'P4',
          reasons: ['known'],
          by: 'ana',
          engaged: [],
          ackTimeoutMs: 0,
        },
      });
      await take(signal('critical'));
      expect(await priorityOf(incident)).toBe('P4');
    });
  });

  it('opens one incident however many arrive at once', async () => {
    await withDatabase(async (dataSource) => {
      const { take } = await intakeOn(dataSource);
      const incidents = await Promise.all(Array.from({ length: 20 }, () => take(signal('error'))));
      expect(new Set(incidents).size).toBe(1);
      const [row]: { count: string }[] = await dataSource.query('SELECT count FROM alert');
      expect(row?.count).toBe('20');
    });
  });
});
