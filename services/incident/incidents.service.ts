/** Commands of people on an incident, for the REST routes and the pages. Each method records one command. */
import { Recorder } from '../../db/incident/record.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { DataSource } from 'typeorm';
import { Injectable } from '@nestjs/common';
import type { DeclareBody, UnacknowledgeBody } from '../../contracts/api/incident-commands.js';
import { KEY_REUSED, KeyReused } from '../../db/incident/idempotency.js';
import { IncidentCommands } from '../../db/incident/incident-commands.js';
import type { RecordOutcome } from '../../db/incident/record.js';
import { retryingTransaction } from '../../db/connection/retrying-transaction.js';
import { getIncident, incidentIdOf, type IncidentDetail } from '../../db/incident/incident-view.js';
import { getWhy, type Why } from '../../db/delivery/why-view.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { Priority } from '../../domain/config/terms.js';
import { handOverProblem } from '../../domain/people/hand-over.js';
import { durationMs } from '../../domain/shared/duration.js';
import { requireIncidentOfTeam, requireTeam } from '../access/team-keys.js';
import { acting, existingPerson, requiredPerson } from '../common/acting.js';
import type { Idempotency } from '../common/idempotency.js';
import type { Identity } from '../common/identity.js';
import { stateAfter } from '../common/outcome.js';
import { invalid, notFound, Problem } from '../common/problem.js';

/** The caller and the incident of a command. */
export interface IncidentRequest {
  incident: string;
  identity: Identity;
  /** The person on whose behalf a key acts. */
  person?: string | undefined;
  idempotency?: Idempotency | undefined;
  /** Position of the incident that the caller saw; the command is refused when the incident has changed since. */
  position?: string | undefined;
}

@Injectable()
export class IncidentsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly recorder: Recorder,
    private readonly commands: IncidentCommands,
  ) {}

  /** By uuid or `INC-42`. */
  async idOf(incident: string): Promise<string> {
    const id = await incidentIdOf(this.dataSource, incident);
    if (id === null) throw notFound(`There is no incident ${incident.slice(0, 64)}.`);
    return id;
  }

  async get(incident: string): Promise<IncidentDetail> {
    const found = await getIncident(this.dataSource, incident);
    if (found === null) throw notFound(`There is no incident ${incident.slice(0, 64)}.`);
    return found;
  }

  /** Explanations for one person, or for everybody whom a step or a message names. */
  async why(incident: string, person: string | null): Promise<{ items: Why[] }> {
    const snapshot = await this.snapshot();
    if (person !== null && snapshot.get('Person', person) === undefined)
      throw notFound(`There is no person ${person}.`);
    const id = await this.idOf(incident);
    return { items: await getWhy(this.dataSource, id, person === null ? null : [person], snapshot) };
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

  async acknowledge(incidentRequest: IncidentRequest, note?: string): Promise<IncidentDetail> {
    const person = requiredPerson(incidentRequest.identity, incidentRequest.person, await this.snapshot());
    if (note === undefined) return this.command(incidentRequest, { type: 'acknowledge', person });
    const commandRequest = await this.commandRequest(incidentRequest, 'acknowledge');
    // In one transaction: an acknowledgement never loses the note beside it.
    return this.after(
      await retryingTransaction(this.dataSource, async (tx) => {
        const outcome = await this.recorder.recordIn(tx, {
          ...commandRequest,
          command: { type: 'acknowledge', person },
        });
        if (outcome.kind !== 'accepted' && outcome.kind !== 'unchanged') return outcome;
        const key =
          commandRequest.idempotencyKey === undefined
            ? {}
            : { idempotencyKey: `note/${commandRequest.idempotencyKey}` };
        return this.recorder.recordIn(tx, {
          ...commandRequest,
          ...key,
          command: { type: 'note', text: note },
        });
      }),
    );
  }

  async unacknowledge(
    incidentRequest: IncidentRequest,
    { reason, step, to }: Pick<UnacknowledgeBody, 'reason' | 'step' | 'to'>,
  ): Promise<IncidentDetail> {
    const problem = to === undefined ? null : handOverProblem(to, await this.snapshot());
    if (problem !== null) throw invalid(problem, [{ path: 'to', message: problem }]);
    return this.command(incidentRequest, {
      type: 'unacknowledge',
      reason: reason ?? null,
      ...defined({ step, to }),
    });
  }

  async escalate(
    incidentRequest: IncidentRequest,
    input: { step?: number | undefined; escalation?: string | undefined; reason?: string | undefined },
  ): Promise<IncidentDetail> {
    const { step, escalation, reason } = input;
    return this.command(incidentRequest, {
      type: 'escalate',
      step: step ?? null,
      escalation: escalation ?? null,
      reason: reason ?? 'help requested',
    });
  }

  /** Until an instant, or for a duration on database time. */
  async snooze(
    incidentRequest: IncidentRequest,
    input: { until: string } | { for: string },
  ): Promise<IncidentDetail> {
    if ('until' in input)
      return this.command(incidentRequest, { type: 'snooze', until: new Date(input.until).toISOString() });
    const commandRequest = await this.commandRequest(incidentRequest, 'snooze');
    const until = (now: string): string => new Date(Date.parse(now) + durationMs(input.for)).toISOString();
    return this.after(
      await this.recorder.record({
        ...commandRequest,
        command: ({ now }) => ({ type: 'snooze', until: until(now) }),
      }),
    );
  }

  resolve(incidentRequest: IncidentRequest, comment: string | null): Promise<IncidentDetail> {
    return this.command(incidentRequest, { type: 'resolve', comment, because: 'person' });
  }

  reopen(incidentRequest: IncidentRequest, reason: string | null): Promise<IncidentDetail> {
    return this.command(incidentRequest, { type: 'reopen', reason });
  }

  note(incidentRequest: IncidentRequest, text: string): Promise<IncidentDetail> {
    return this.command(incidentRequest, { type: 'note', text });
  }

  async assignRole(incidentRequest: IncidentRequest, role: string, person: string): Promise<IncidentDetail> {
    existingPerson(person, 'person', await this.snapshot());
    return this.command({ ...incidentRequest, person: undefined }, { type: 'assign_role', role, person });
  }

  async setPriority(
    incidentRequest: IncidentRequest,
    priority: Priority,
    reason: string | null,
  ): Promise<IncidentDetail> {
    const commandRequest = await this.commandRequest(incidentRequest, 'priority');
    return this.after(
      await this.commands.setPriority(commandRequest, { priority, by: commandRequest.actor, reason }),
    );
  }

  async merge(incidentRequest: IncidentRequest, into: string): Promise<IncidentDetail> {
    const target = await incidentIdOf(this.dataSource, into);
    if (target === null)
      throw invalid(`There is no incident ${into}.`, [
        { path: 'into', message: `there is no incident "${into}"` },
      ]);
    await requireIncidentOfTeam(this.dataSource, incidentRequest.identity, into);
    return this.after(await this.commands.merge(await this.commandRequest(incidentRequest, 'merge'), target));
  }

  private async command(incidentRequest: IncidentRequest, command: IncidentCommand): Promise<IncidentDetail> {
    return this.after(
      await this.recorder.record({
        ...(await this.commandRequest(incidentRequest, command.type)),
        command,
      }),
    );
  }

  private after(outcome: RecordOutcome): Promise<IncidentDetail> {
    return this.get(stateAfter(outcome).id);
  }

  /** A key counts per command: a script may use one key for all its commands on an incident. */
  private async commandRequest(
    { incident, identity, person, idempotency, position }: IncidentRequest,
    command: string,
  ) {
    return {
      incidentId: await this.idOf(incident),
      ...acting(identity, person, await this.snapshot()),
      ...keyOf(idempotency, command),
      seen: position,
      unseen: position === undefined,
    };
  }

  private snapshot(): Promise<ConfigSnapshot> {
    return this.snapshots.latest(this.dataSource);
  }
}

const asProblem = (error: unknown): never => {
  if (error instanceof KeyReused) throw new Problem(422, KEY_REUSED, error.message);
  throw error;
};

/** Idempotency key in the form that the record stores. */
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
