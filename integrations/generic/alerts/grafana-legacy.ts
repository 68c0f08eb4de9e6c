/** Webhook of Grafana's legacy alerting (before 9, and imitations): `{ruleId, ruleName, state, …}`, as fields of our format. */
import { type JsonObject, looseText } from '../../shared/alerts/fields.js';
import { isObject } from '../../../domain/shared/is-object.js';

export const isGrafanaLegacy = (body: JsonObject): boolean =>
  body['alerts'] === undefined &&
  looseText(body['state']) !== undefined &&
  (looseText(body['ruleName']) ?? looseText(body['ruleId'])) !== undefined;

/** Null for other bodies. The number of a rule within its organisation identifies the rule, else its name does. */
export function fromGrafanaLegacy(body: JsonObject): JsonObject | null {
  if (!isGrafanaLegacy(body)) return null;
  const { ruleId, ruleName, ruleUrl, imageUrl, tags, message, title, ...rest } = body;
  const rule = looseText(ruleId) ?? looseText(ruleName) ?? '';
  const org = looseText(body['orgId']);
  const isSilent = looseText(body['state'])?.trim().toLowerCase() === 'no_data';
  const name = looseText(ruleName) ?? looseText(title) ?? `Rule ${rule}`;
  const links = [
    { title: 'Rule', url: ruleUrl ?? null },
    { title: 'Image', url: imageUrl ?? null },
  ].filter(({ url }) => looseText(url) !== undefined);
  return {
    dedupKey: `grafana-rule/${org === undefined ? '' : `${org}/`}${rule}`,
    client: 'Grafana',
    ...rest,
    title: isSilent ? `No data: ${name}` : name,
    ...(looseText(message) === undefined ? {} : { description: message ?? null }),
    labels: { ...(isSilent ? { grafana_state: 'NoData' } : {}), ...(isObject(tags) ? tags : {}) },
    links,
  };
}
