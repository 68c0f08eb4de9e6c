/** The inbound formats by the name that a Source document gives them (`spec.format`). */
import { alertmanager, grafana } from './alertmanager/webhook.js';
import type { SourceFormat } from './format.js';
import { generic } from './generic/generic.js';
import { pagerdutyV2Change } from './pagerduty-v2/change.js';
import { pagerdutyV2 } from './pagerduty-v2/enqueue.js';

const formats: ReadonlyMap<string, SourceFormat> = new Map(
  [pagerdutyV2, alertmanager, grafana, generic].map((format) => [format.name, format]),
);

/** Undefined for a name that no format has. */
export function sourceFormat(name: string): SourceFormat | undefined {
  return formats.get(name);
}

export const sourceFormatNames: readonly string[] = [...formats.keys()];

/** By a format's own name: those of sources, and the one that a path alone chooses. */
export const formatNamed = (name: string): SourceFormat | undefined =>
  name === pagerdutyV2Change.name ? pagerdutyV2Change : sourceFormat(name);

/** For `/v2/change/enqueue`, below which a `pagerduty-v2` source also takes change events. */
export { pagerdutyV2Change };
