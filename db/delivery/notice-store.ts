/**
 * Plain notices to people about an incident (runbook step `notify`): planned like a page, sent by the due-delivery
 * senders.
 */
import type { DataSource } from 'typeorm';
import type { NoticePort } from '../../ports/delivery.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { IncidentState } from '../../domain/incident/state.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { lockIncident } from '../incident/incident-row.js';
import type { Ledger } from './ledger.js';
import { planRequest } from '../projections/project-requests.js';

export class NoticeStore implements NoticePort {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ledger: Ledger,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  /** Returns the people planned for; empty when `to` names nobody known. Repeating a key plans nothing new. */
  async notify({
    incidentId,
    to,
    text,
    key,
  }: {
    incidentId: string;
    to: string;
    text: string;
    key: string;
  }): Promise<{ people: string[] }> {
    return this.dataSource.transaction(async (tx) => {
      const locked = await lockIncident(tx, incidentId);
      if (locked === null) return { people: [] };
      const snapshot = await this.snapshots.at(tx, locked.configVersion);
      const people = addressees(to, locked.state, snapshot);
      await planRequest(
        tx,
        this.ledger,
        snapshot,
        { incidentId, now: locked.now },
        {
          type: 'notice.sent',
          subject: { id: key, text },
          people,
          urgency: locked.response.urgency,
          cycle: 0,
        },
      );
      return { people };
    });
  }
}

function addressees(to: string, state: IncidentState, snapshot: ConfigSnapshot): string[] {
  const [kind, name = ''] = to.split(':');
  if (kind === 'person') return snapshot.get('Person', name) === undefined ? [] : [name];
  if (kind === 'team') return snapshot.get('Team', name)?.spec.members ?? [];
  return [...new Set(state.responders.map((responder) => responder.person))];
}
