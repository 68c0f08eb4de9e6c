/** What people do to an incident, for the REST routes and the pages alike. Each wish is one command through the one door. */
import { Inject, Injectable } from '@nestjs/common';
import type { DeclareBody, UnacknowledgeBody } from '../../contracts/api/incident-commands.js';
import { KEY_REUSED, KeyReused } from '../../db/idempotency.js';
import type { Store } from '../../db/store.js';
import { IncidentCommands } from '../../db/incident-commands.js';
import type { RecordOutcome } from '../../db/record.js';
import { retryingTransaction } from '../../db/retrying-transaction.js';
import { getIncident, incidentIdOf, type IncidentDetail } from '../../db/views/incident-view.js';
import { getWhy, type Why } from '../../db/views/why-view.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { ConfigSnapshot, Priority } from '../../domain/config/specs.js';
import { durationMs } from '../../domain/shared/duration.js';
import { requireIncidentOfTeam, requireTeam } from '../auth/team-wall.js';
import { acting, answeringPerson, existingPerson, requiredPerson } from '../common/acting.js';
import type { Idempotency } from '../common/idempotency-key.js';
import type { Identity } from '../common/identity.js';
import { stateAfter } from '../common/outcome.js';
import { invalid, notFound, Problem } from '../common/problem.js';
import { STORE } from '../common/tokens.js';

/** Who asks about which incident. */
export interface Asking {
  incident: string;
  identity: Identity;
  /** The person a key acts for. */
  person?: string | undefined;
  idempotency?: Idempotency | undefined;
  /** Where the incident stood when this was decided; moved on meanwhile, it is refused. */
  position?: string | undefined;
}

@Injectable()
export class IncidentsService {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly commands: IncidentCommands,
  ) {}

  /** By uuid or `INC-42`. */
  async idOf(incident: string): Promise<string> {
    const id = await incidentIdOf(this.store.dataSource, incident);
    if (id === null) throw notFound(`There is no incident ${incident.slice(0, 64)}.`);
    return id;
  }

  async get(incident: string): Promise<IncidentDetail> {
    const found = await getIncident(this.store.dataSource, incident);
    if (found === null) throw notFound(`There is no incident ${incident.slice(0, 64)}.`);
    return found;
  }

  /** Of one person, or of everybody whom a step or a message names. */
  async why(incident: string, person: string | null): Promise<{ items: Why[] }> {
    const snapshot = await this.snapshot();
    if (person !== null && snapshot.get('Person', person) === undefined)
      throw notFound(`There is no person ${person}.`);
    const id = await this.idOf(incident);
    return { items: await getWhy(this.store.dataSource, id, person === null ? null : [person], snapshot) };
  }

  async declare(
    body: DeclareBody,
    identity: Identity,
    idempotency?: Idempotency,
  ): Promise<{ incident: IncidentDetail; isNew: boolean }> {
    const snapshot = await this.snapshot();
    const { title, service, priority, severity, description } = body;
    requireTeam(
      identity,
      service == null ? null : (snapshot.get('Service', service)?.spec.team ?? null),
      `the service ${service ?? 'left out'}`,
    );
    if (service != null && snapshot.get('Service', service) === undefined) {
      throw invalid(`There is no service ${service}.`, [
        {
          path: 'service',
          message: `there is no service "${service}"; leave it out to page the organisation's catch-all`,
        },
      ]);
    }
    const request = {
      title,
      service: service ?? null,
      ...acting(identity, body.person, snapshot),
      ...defined({ priority, severity, description }),
    };
    const { state, isNew } = await this.commands.declare(request, idempotency).catch(asProblem);
    return { incident: await this.get(state.id), isNew };
  }

  async acknowledge(asking: Asking, note?: string): Promise<IncidentDetail> {
    const person = requiredPerson(asking.identity, asking.person, await this.snapshot());
    if (note === undefined) return this.command(asking, { type: 'acknowledge', person });
    const asked = await this.asked(asking, 'acknowledge');
    // In one transaction: an acknowledgement never loses what was written beside it.
    return this.after(
      await retryingTransaction(this.store.dataSource, async (tx) => {
        const outcome = await this.store.recorder.recordIn(tx, {
          ...asked,
          command: { type: 'acknowledge', person },
        });
        if (outcome.kind !== 'accepted' && outcome.kind !== 'unchanged') return outcome;
        const key =
          asked.idempotencyKey === undefined ? {} : { idempotencyKey: `note/${asked.idempotencyKey}` };
        return this.store.recorder.recordIn(tx, { ...asked, ...key, command: { type: 'note', text: note } });
      }),
    );
  }

  async unacknowledge(
    asking: Asking,
    { reason, step, to }: Pick<UnacknowledgeBody, 'reason' | 'step' | 'to'>,
  ): Promise<IncidentDetail> {
    if (to !== undefined) answeringPerson(to, 'to', await this.snapshot());
    return this.command(asking, { type: 'unacknowledge', reason: reason ?? null, ...defined({ step, to }) });
  }

  async escalate(
    asking: Asking,
    wish: { step?: number | undefined; track?: string | undefined; reason?: string | undefined },
  ): Promise<IncidentDetail> {
    const { step, track, reason } = wish;
    return this.command(asking, {
      type: 'escalate',
      step: step ?? null,
      track: track ?? null,
      reason: reason ?? 'asked for help',
    });
  }

  async decline(asking: Asking, comment: string | null): Promise<IncidentDetail> {
    const person = requiredPerson(asking.identity, asking.person, await this.snapshot());
    return this.command(asking, { type: 'decline', person, comment });
  }

  /** Until an instant, or for a duration on database time. */
  async snooze(asking: Asking, wish: { until: string } | { for: string }): Promise<IncidentDetail> {
    if ('until' in wish)
      return this.command(asking, { type: 'snooze', until: new Date(wish.until).toISOString() });
    const asked = await this.asked(asking, 'snooze');
    const until = (now: string): string => new Date(Date.parse(now) + durationMs(wish.for)).toISOString();
    return this.after(
      await this.store.recorder.record({
        ...asked,
        command: ({ now }) => ({ type: 'snooze', until: until(now) }),
      }),
    );
  }

  resolve(asking: Asking, comment: string | null): Promise<IncidentDetail> {
    return this.command(asking, { type: 'resolve', comment, because: 'person' });
  }

  reopen(asking: Asking, reason: string | null): Promise<IncidentDetail> {
    return this.command(asking, { type: 'reopen', reason });
  }

  note(asking: Asking, text: string): Promise<IncidentDetail> {
    return this.command(asking, { type: 'note', text });
  }

  async assignRole(asking: Asking, role: string, person: string): Promise<IncidentDetail> {
    existingPerson(person, 'person', await this.snapshot());
    return this.command({ ...asking, person: undefined }, { type: 'assign_role', role, person });
  }

  async setPriority(asking: Asking, priority: Priority, reason: string | null): Promise<IncidentDetail> {
    const asked = await this.asked(asking, 'priority');
    return this.after(await this.commands.setPriority(asked, { priority, by: asked.actor, reason }));
  }

  async merge(asking: Asking, into: string): Promise<IncidentDetail> {
    const target = await incidentIdOf(this.store.dataSource, into);
    if (target === null)
      throw invalid(`There is no incident ${into}.`, [
        { path: 'into', message: `there is no incident "${into}"` },
      ]);
    await requireIncidentOfTeam(this.store.dataSource, asking.identity, into);
    return this.after(await this.commands.merge(await this.asked(asking, 'merge'), target));
  }

  private async command(asking: Asking, command: IncidentCommand): Promise<IncidentDetail> {
    return this.after(
      await this.store.recorder.record({ ...(await this.asked(asking, command.type)), command }),
    );
  }

  private after(outcome: RecordOutcome): Promise<IncidentDetail> {
    return this.get(stateAfter(outcome).id);
  }

  /** A key counts per command: a script may use one for all it does to an incident. */
  private async asked({ incident, identity, person, idempotency, position }: Asking, command: string) {
    return {
      incidentId: await this.idOf(incident),
      ...acting(identity, person, await this.snapshot()),
      ...keyOf(idempotency, command),
      seen: position,
      unseen: position === undefined,
    };
  }

  private snapshot(): Promise<ConfigSnapshot> {
    return this.store.snapshots.latest(this.store.dataSource);
  }
}

const asProblem = (error: unknown): never => {
  if (error instanceof KeyReused) throw new Problem(422, KEY_REUSED, error.message);
  throw error;
};

/** As the record takes it. */
export const keyOf = (idempotency: Idempotency | undefined, command: string) =>
  idempotency === undefined
    ? {}
    : { idempotencyKey: `${command}/${idempotency.key}`, idempotencyDigest: idempotency.digest };

/** Without the members that are undefined. */
function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
