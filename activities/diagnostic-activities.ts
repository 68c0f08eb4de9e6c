/** Read-only checks at triage, recorded on the incident before a responder opens it. */
import { durationMs } from '../domain/shared/duration.js';
import type { Happened } from '../ports/due-work.js';
import type { CheckPort, DiagnosticPort } from '../ports/check.js';
import type { RecordPort } from '../ports/incident.js';

export interface DiagnosticPorts {
  checks: CheckPort;
  record: RecordPort;
  diagnostics: DiagnosticPort;
}

export const createDiagnosticActivities = ({ checks, record, diagnostics }: DiagnosticPorts) => ({
  /** `name`: a check that the incident was frozen with. Its definition is read from the record, and it runs once. */
  async diagnose(request: { incidentId: string; name: string; afterSeq: number }): Promise<Happened> {
    const { name } = request;
    const found = await diagnostics.due(request.incidentId, name);
    if (found === null) return { events: [] };
    const { check, timeout } = found;
    const outcome = await checks.run(check, durationMs(timeout ?? '10s'));
    const { events } = await record.record({
      incidentId: request.incidentId,
      afterSeq: request.afterSeq,
      actor: 'tocsin',
      command: { type: 'finish_diagnostic', name, ...outcome },
    });
    return { events };
  },
});

export type DiagnosticActivities = ReturnType<typeof createDiagnosticActivities>;
