/** Injects the parts of a drill's scenario: alerts through the ordinary intake, and people who do not answer. */
import type { EntityManager } from 'typeorm';
import type { AlertSignal } from '../../domain/alert/signal.js';
import type { DrillInjection, DrillSpec } from '../../domain/drill/drill-spec.js';
import type { Intake } from '../alert/intake.js';

/** Injected alerts belong to this run. */
export interface InjectedRun {
  id: string;
  drill: string;
  spec: DrillSpec;
}

/** Returns the incident of an alert. A repeat changes nothing: its dedup key is open already. */
export async function inject(
  tx: EntityManager,
  intake: Intake,
  run: InjectedRun,
  part: { injection: DrillInjection; index: number },
): Promise<string | null> {
  const { injection, index } = part;
  if ('alert' in injection) return injectAlert(tx, intake, run, { index, ...injection.alert });
  await tx.query(
    `UPDATE drill_run SET silenced = silenced || $2::jsonb WHERE id = $1 AND NOT silenced ? $3`,
    [run.id, JSON.stringify([injection.silence.person]), injection.silence.person],
  );
  return null;
}

/** Injects what the scenario has at its start, people before alerts, and returns the incident that was opened. */
export async function injectAtOnce(tx: EntityManager, intake: Intake, run: InjectedRun): Promise<string> {
  const parts = run.spec.inject
    .map((injection, index) => ({ injection, index }))
    .filter(({ injection }) => injection.after === undefined);
  const silences = parts.filter(({ injection }) => 'silence' in injection);
  const alerts = parts.filter(({ injection }) => 'alert' in injection);
  let incident: string | null = null;
  for (const part of [...silences, ...alerts]) incident = (await inject(tx, intake, run, part)) ?? incident;
  incident ??= await injectAlert(tx, intake, run, {
    index: -1,
    title: `Drill: ${run.drill}`,
    severity: 'critical',
  });
  if (incident === null) throw new Error(`Drill ${run.drill} opened no incident`);
  return incident;
}

async function injectAlert(
  tx: EntityManager,
  intake: Intake,
  { id, drill, spec }: InjectedRun,
  alert: { index: number; title: string; severity: AlertSignal['severity']; dedupKey?: string },
): Promise<string | null> {
  const signal: AlertSignal = {
    action: 'trigger',
    dedupKey: `${id}/${alert.dedupKey ?? alert.index}`,
    title: alert.title,
    severity: alert.severity,
    labels: { drill },
    links: [],
    occurredAt: null,
    detail: null,
  };
  const [ingested] = await intake.ingestIn(tx, {
    source: 'drill',
    spec: { format: 'generic', service: spec.service },
    signals: [signal],
    raw: null,
    drill: id,
  });
  return ingested?.incident ?? null;
}
