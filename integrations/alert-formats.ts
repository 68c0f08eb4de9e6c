/** The inbound formats by their name in a Source document (`spec.format`). */
import { alertmanager, grafana } from './alertmanager/alerts/webhook.js';
import type { SourceFormat } from './shared/alerts/format.js';
import { generic } from './generic/alerts/generic.js';
import { pagerdutyV2Change } from './pagerduty/alerts/change.js';
import { pagerdutyV2 } from './pagerduty/alerts/enqueue.js';

const formats: ReadonlyMap<string, SourceFormat> = new Map(
  [pagerdutyV2, alertmanager, grafana, generic].map((format) => [format.name, format]),
);

/** Undefined for an unknown name. */
export function sourceFormat(name: string): SourceFormat | undefined {
  return formats.get(name);
}

export const sourceFormatNames: readonly string[] = [...formats.keys()];

/** A format by its name: those of sources, and the one that only a path chooses. */
export const formatNamed = (name: string): SourceFormat | undefined =>
  name === pagerdutyV2Change.name ? pagerdutyV2Change : sourceFormat(name);

/** For `/v2/change/enqueue`, where a `pagerduty-v2` source also receives change events. */
export { pagerdutyV2Change };
