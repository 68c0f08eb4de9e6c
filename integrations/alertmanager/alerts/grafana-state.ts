/**
 * Grafana's two other states: a rule whose query returns no data, and one whose query fails. Neither means that the rule's own
 * condition holds.
 */
export type GrafanaState = 'NoData' | 'Error';

const byName: ReadonlyMap<string, GrafanaState> = new Map([
  ['DatasourceNoData', 'NoData'],
  ['DatasourceError', 'Error'],
]);

/**
 * Grafana renames such an alert (`alertname`), or, when the rule says "alert on no data", keeps the name and sets an annotation.
 */
export function grafanaState(
  labels: ReadonlyMap<string, string>,
  annotations: ReadonlyMap<string, string>,
): GrafanaState | null {
  const renamed = byName.get(labels.get('alertname') ?? '');
  if (renamed !== undefined) return renamed;
  const reason = annotations.get('grafana_state_reason');
  return reason === 'NoData' || reason === 'Error' ? reason : null;
}
