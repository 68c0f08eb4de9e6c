/** Results of an incident's diagnostics. */
import type { TimelineItem } from '../../services/incident/incident-queries.service.js';
import { Time } from './time.js';

export interface DiagnosticSeen {
  seq: number;
  name: string;
  ok: boolean;
  summary: string;
  output: string;
  at: string;
}

/** The newest result of each check. */
export function diagnosticsOf(timeline: readonly TimelineItem[]): DiagnosticSeen[] {
  const byName = new Map<string, DiagnosticSeen>();
  for (const { seq, at, kind, data } of timeline) {
    if (kind !== 'diagnostic_finished' || !('summary' in data) || !('ok' in data)) continue;
    const known = byName.get(data.name);
    if (known === undefined || known.seq < seq)
      byName.set(data.name, {
        seq,
        at,
        name: data.name,
        ok: data.ok,
        summary: data.summary,
        output: data.output,
      });
  }
  return [...byName.values()];
}

export function DiagnosticList({
  diagnostics,
  output,
}: {
  diagnostics: readonly DiagnosticSeen[];
  output: boolean;
}) {
  return (
    <ul className="plain">
      {diagnostics.map((one) => (
        <li key={one.name}>
          <strong>
            {one.ok ? '✓' : '✗'} {one.name}
          </strong>
          : {one.ok ? 'passed' : 'failed'}
          {one.summary === '' ? '' : `, ${one.summary}`}{' '}
          <span className="soft small">
            <Time at={one.at} only="relative" />
          </span>
          {output && one.output.trim() !== '' ? (
            <details>
              <summary>Output of {one.name}</summary>
              <pre>{one.output}</pre>
            </details>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
