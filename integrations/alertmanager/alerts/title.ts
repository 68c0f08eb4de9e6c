/** Title of an alert, the first line that a person reads. */
import { titleFrom } from '../../../domain/alert/signal-limits.js';
import type { GrafanaState } from './grafana-state.js';

const stateWords: Readonly<Record<GrafanaState, string>> = { NoData: 'No data', Error: 'Query error' };

/** Empty when the alert has no name. */
export function titleOf(
  label: ReadonlyMap<string, string>,
  annotations: ReadonlyMap<string, string>,
  state: GrafanaState | null,
): string {
  if (state === null)
    return writtenTitle(annotations) || nameOf(label.get('alertname'), label.get('instance'));
  // The summary describes the rule's condition, "p99 high", whose state is unknown now.
  const rule = label.get('rulename') ?? (renamed(label) ? undefined : label.get('alertname'));
  const name = nameOf(rule, label.get('instance')) || writtenTitle(annotations) || 'a rule';
  return titleFrom(`${stateWords[state]}: ${name}`);
}

const writtenTitle = (annotations: ReadonlyMap<string, string>): string =>
  titleFrom(annotations.get('summary') ?? annotations.get('title') ?? '');

const renamed = (label: ReadonlyMap<string, string>): boolean =>
  label.get('alertname')?.startsWith('Datasource') === true;

function nameOf(name: string | undefined, instance: string | undefined): string {
  if (name === undefined) return titleFrom(instance === undefined ? '' : `Alert on ${instance}`);
  return titleFrom(instance === undefined ? name : `${name} on ${instance}`);
}
