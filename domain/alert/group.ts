/**
 * The group of an alert: alerts of one group that arrive close together are one incident (docs/alerts.md). A group is always of one
 * service: grouping never joins across services.
 */
import type { GroupSpec } from './group-spec.js';
import type { JudgedAlert } from './stage.js';

export interface Group {
  /** Equal for alerts of one group; of any length. */
  key: string;
  /** What they have in common, for people. */
  text: string;
}

type Grouped = Pick<JudgedAlert, 'source' | 'service' | 'signal'>;

/** Null: the alert is in no group, and an incident of its own. */
export function groupOf(alert: Grouped, { by }: GroupSpec): Group | null {
  if (by === undefined) return byDefault(alert);
  if (by.length === 0) return null;
  const values = by.map((name) => valueOf(alert, name));
  // None of the names says anything about this alert, so the default does.
  if (values.every((value) => value === null)) return byDefault(alert);
  const text = by.map((name, index) => `${name} ${values[index] ?? '(none)'}`).join(', ');
  return grouped(alert, ['by', ...by.flatMap((name, index) => [name, values[index] ?? null])], text);
}

/** What the sender groups, else the name of the alert's rule, its class, or its title without numbers and ids. */
function byDefault(alert: Grouped): Group | null {
  const { labels, title } = alert.signal;
  const sender = senderGroup(alert);
  if (sender !== null)
    return grouped(alert, ['sender', alert.source, sender], `the sender's group ${sender}`);
  for (const name of ['alertname', 'class']) {
    const value = labels[name];
    if (value !== undefined && value !== '')
      return grouped(alert, ['label', name, value], `${name} ${value}`);
  }
  const words = withoutIds(title);
  return words === '' ? null : grouped(alert, ['title', words], `the title "${words}"`);
}

function grouped({ service, source }: Grouped, parts: (string | null)[], text: string): Group {
  // Without a service, different senders have nothing in common.
  const place = service === null ? ['source', source] : ['service', service];
  return {
    key: JSON.stringify([...place, ...parts]),
    text: `${text}${service === null ? `, from ${source}` : `, on ${service}`}`,
  };
}

function valueOf(alert: Grouped, name: string): string | null {
  switch (name) {
    case 'sender':
      return senderGroup(alert);
    case 'source':
      return alert.source;
    case 'severity':
      return alert.signal.severity;
    case 'title':
      return withoutIds(alert.signal.title) || null;
    default:
      return alert.signal.labels[name] || null;
  }
}

/** A sender that groups by nothing puts everything that it has into one group (`{}:{}`): that names no cause. */
function senderGroup({ signal: { groupKey = '' } }: Grouped): string | null {
  return groupKey.trim() === '' || groupKey.endsWith('{}') ? null : groupKey;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Letters and digits mixed, of some length: a hash, the id of a container. */
const ID_LENGTH = 5;

/** The words of a title: "Disk 91 % full on db-12" and "Disk 97 % full on db-3" are the same words. */
export function withoutIds(title: string): string {
  const words = title
    .toLowerCase()
    .replace(UUID, ' ')
    .match(/[\p{L}\p{M}\p{N}]+/gu);
  return (words ?? [])
    .map((word) => (/\p{N}/u.test(word) && word.length >= ID_LENGTH ? '' : word.replace(/\p{N}+/gu, '')))
    .filter((word) => word !== '')
    .join(' ');
}
