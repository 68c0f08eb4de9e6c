/** Adapts the stores to the ports of the activities. */
import type { DiagnosticPort } from '../ports/check.js';
import type { RecordPort, RecordReply, ResponsePort } from '../ports/incident.js';
import { readEvents, type RecordOutcome } from '../db/incident/record.js';
import type { Store } from '../db/connection/store.js';
import type { DiagnosticSpec } from '../domain/config/service-spec.js';

function replyOf(outcome: RecordOutcome): RecordReply {
  switch (outcome.kind) {
    case 'accepted':
    case 'unchanged':
      return { kind: outcome.kind, events: outcome.events };
    case 'refused':
      return { kind: 'refused', code: outcome.code, detail: outcome.detail, events: outcome.events };
    case 'not_found':
      return { kind: 'refused', code: 'not_found', detail: 'no such incident', events: [] };
  }
}

export const recordPort = ({ recorder }: Store): RecordPort => ({
  record: async (request) => replyOf(await recorder.record(request)),
});

/** The calling workflow is the incident's own and gets the events as the result. */
export const responsePort = ({ response, dataSource }: Store): ResponsePort => ({
  async startRunbooks(request) {
    return { kind: 'accepted', events: await response.startRunbooks({ ...request, tellWorkflow: false }) };
  },
  draftPostmortem: async (request) =>
    replyOf(await response.draftPostmortem({ ...request, tellWorkflow: false })),
  eventsAfter: (incidentId, afterSeq) => readEvents(dataSource, incidentId, afterSeq),
});

export const diagnosticPort = ({ dataSource }: Store): DiagnosticPort => ({
  async due(incidentId, name) {
    const rows: { found: DiagnosticSpec }[] = await dataSource.query(
      `SELECT d AS found FROM incident i, jsonb_array_elements(i.response->'diagnostics') d
        WHERE i.id = $1 AND d->>'name' = $2 AND i.status <> 'closed' AND NOT EXISTS (
          SELECT 1 FROM incident_event e
           WHERE e.incident_id = i.id AND e.kind = 'diagnostic_finished' AND e.data->>'name' = $2)`,
      [incidentId, name],
    );
    return rows[0]?.found ?? null;
  },
});
