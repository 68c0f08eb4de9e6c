/** Read-only checks at triage, put on the incident before the human is there. */
import type { DiagnosticSpec } from '../domain/config/specs.js';
import { durationMs } from '../domain/shared/duration.js';
import type { Happened } from './incident-activities.js';
import type { CheckPort, RecordPort } from './ports.js';

export interface DiagnosticPorts {
  checks: CheckPort;
  record: RecordPort;
}

export const createDiagnosticActivities = ({ checks, record }: DiagnosticPorts) => ({
  async diagnose(request: {
    incidentId: string;
    diagnostic: DiagnosticSpec;
    afterSeq: number;
  }): Promise<Happened> {
    const { name, check, timeout } = request.diagnostic;
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
