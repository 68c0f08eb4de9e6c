/** Commands on one incident: `POST /api/v1/incidents/:id/<command>` → the incident after the command, or 409. */
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import type { Idempotency } from '../../services/common/idempotency.js';
import { IdempotencyKey } from '../../http/idempotency-key.js';
import type { Identity } from '../../services/common/identity.js';
import { Caller, Documented, Permission, TeamKeys } from '../../http/route.js';
import { IncidentReply as reply } from '../../contracts/api/incident.js';
import {
  AcknowledgeBody,
  EscalateBody,
  MergeBody,
  NoteBody,
  PriorityBody,
  ReasonBody,
  UnacknowledgeBody,
  ResolveBody,
  RoleBody,
  SnoozeBody,
} from '../../contracts/api/incident-commands.js';
import { type IncidentRequest, IncidentsService } from '../../services/incident/incidents.service.js';

const tag = 'Incidents';

const incidentRequest = (
  incident: string,
  identity: Identity,
  idempotency: Idempotency | undefined,
  { person, position }: { person?: string | undefined; position?: string | undefined },
): IncidentRequest => ({ incident, identity, idempotency, person, position });

@Controller('api/v1/incidents/:id')
export class IncidentCommandsController {
  constructor(private readonly incidents: IncidentsService) {}

  @Post('acknowledge')
  @HttpCode(200)
  @Permission('incidents.respond')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'Acknowledges; escalation stops', reply })
  acknowledge(
    @Param('id') id: string,
    @Body({ schema: AcknowledgeBody }) body: AcknowledgeBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.incidents.acknowledge(incidentRequest(id, caller, key, body), body.comment);
  }

  @Post('unacknowledge')
  @HttpCode(200)
  @Permission('incidents.respond')
  @TeamKeys('incident')
  @Documented({
    tag,
    summary:
      'Unacknowledges, or reassigns to a person: escalation starts again, with that person or at a step',
    reply,
  })
  unacknowledge(
    @Param('id') id: string,
    @Body({ schema: UnacknowledgeBody }) body: UnacknowledgeBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.incidents.unacknowledge(incidentRequest(id, caller, key, body), body);
  }

  @Post('escalate')
  @HttpCode(200)
  @Permission('incidents.respond')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'Pages the next step, or the named one, at once', reply })
  escalate(
    @Param('id') id: string,
    @Body({ schema: EscalateBody }) body: EscalateBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.incidents.escalate(incidentRequest(id, caller, key, body), body);
  }

  @Post('snooze')
  @HttpCode(200)
  @Permission('incidents.respond')
  @TeamKeys('incident')
  @Documented({
    tag,
    summary: 'Snoozes paging until an instant; then the incident is triggered again',
    reply,
  })
  snooze(
    @Param('id') id: string,
    @Body({ schema: SnoozeBody }) body: SnoozeBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.incidents.snooze(incidentRequest(id, caller, key, body), body);
  }

  @Post('resolve')
  @HttpCode(200)
  @Permission('incidents.respond')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'Resolves; the post-mortem is drafted', reply })
  resolve(
    @Param('id') id: string,
    @Body({ schema: ResolveBody }) body: ResolveBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.incidents.resolve(incidentRequest(id, caller, key, body), body.comment ?? null);
  }

  @Post('reopen')
  @HttpCode(200)
  @Permission('incidents.respond')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'Reopens a resolved incident', reply })
  reopen(
    @Param('id') id: string,
    @Body({ schema: ReasonBody }) body: ReasonBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.incidents.reopen(incidentRequest(id, caller, key, body), body.reason ?? null);
  }

  @Post('notes')
  @HttpCode(200)
  @Permission('incidents.respond')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'Adds a note to the timeline', reply })
  notes(
    @Param('id') id: string,
    @Body({ schema: NoteBody }) body: NoteBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.incidents.note(incidentRequest(id, caller, key, body), body.text);
  }

  @Post('priority')
  @HttpCode(200)
  @Permission('incidents.respond')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'Sets the priority; later alerts do not change it', reply })
  priority(
    @Param('id') id: string,
    @Body({ schema: PriorityBody }) body: PriorityBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.incidents.setPriority(
      incidentRequest(id, caller, key, body),
      body.priority,
      body.reason ?? null,
    );
  }

  @Post('roles')
  @HttpCode(200)
  @Permission('incidents.respond')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'Assigns a role on this incident to a person', reply })
  roles(
    @Param('id') id: string,
    @Body({ schema: RoleBody }) body: RoleBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.incidents.assignRole(
      incidentRequest(id, caller, key, { position: body.position }),
      body.role,
      body.person,
    );
  }

  @Post('merge')
  @HttpCode(200)
  @Permission('incidents.respond')
  @TeamKeys('incident')
  @Documented({ tag, summary: 'Merges this incident into another', reply })
  merge(
    @Param('id') id: string,
    @Body({ schema: MergeBody }) body: MergeBody,
    @Caller() caller: Identity,
    @IdempotencyKey() key: Idempotency | undefined,
  ) {
    return this.incidents.merge(incidentRequest(id, caller, key, body), body.into);
  }
}
