/**
 * Many small teams of two, each with a service and a source, so that cases do not share people: a person may be paged
 * only so often (docs/sending.md). Every first contact has a spare.
 */
export interface Slot {
  name: string;
  /** `first` is paged first, over `hook` and then `spare`; `second` when nobody answers. */
  first: string;
  second: string;
  key: string;
}

export const SLOTS = 240;
/** Slots whose first and second step are the same schedule, with a handover when the clocks change. */
export const SCHEDULED_SLOTS = 24;
/** Time from the page of the first step to that of the second. */
export const STEP_WAIT_MS = 4_000;

/** Scheduled incidents begin shortly before these instants of the record's clock; Europe/Berlin. */
export const clockChanges = {
  /** 03:00 becomes 02:00: the handover at 03:00 is an hour away, and the same person is paged twice. */
  autumn: '2026-10-25T01:00:00Z',
  /** 02:00 becomes 03:00: the handover at 03:00 is at that instant, and the second page is for the next person. */
  spring: '2026-03-29T01:00:00Z',
} as const;
export type ClockChange = keyof typeof clockChanges;

const slotNamed = (name: string, n: number): Slot => ({
  name,
  first: `${name}-a`,
  second: `${name}-b`,
  key: `faults${name.replace(/[^a-z]/g, '').padEnd(16, 'x')}${String(n).padStart(10, '0')}`,
});

export const slots = Array.from({ length: SLOTS }, (_, n) => slotNamed(`slot-${n}`, n));
export const scheduledSlots: Record<ClockChange, Slot[]> = {
  autumn: Array.from({ length: SCHEDULED_SLOTS }, (_, n) => slotNamed(`autumn-${n}`, n)),
  spring: Array.from({ length: SCHEDULED_SLOTS }, (_, n) => slotNamed(`spring-${n}`, n)),
};

export const organisation = (url: string): string => `
apiVersion: tocsin/v1
kind: Organisation
metadata: {name: default}
spec: {displayName: Faults, timezone: UTC, catchAll: [{person: root}]}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: faults}
spec: {displayName: Faults, discipline: development, timezone: UTC, members: [root], managers: [root]}
---
apiVersion: tocsin/v1
kind: ResponsePlan
metadata: {name: default}
spec: {priorities: {P1: {settle: 0s, ackTimeout: 0s}}}
${person(url, 'root', 'admin')}${slots
  .map((slot) =>
    slotDocuments(
      url,
      slot,
      [slot.first, slot.second].map((name) => `{person: ${name}}`),
    ),
  )
  .join('')}${(['autumn', 'spring'] as const)
  .flatMap((change) =>
    scheduledSlots[change].map(
      (slot) =>
        schedule(slot, change) +
        slotDocuments(url, slot, Array(2).fill(`{schedule: ${slot.name}}`) as string[]),
    ),
  )
  .join('')}`;

const slotDocuments = (url: string, { name, first, second, key }: Slot, [one, two]: string[]): string =>
  `${person(url, first, 'responder')}${person(url, second, 'responder')}---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: ${name}}
spec: {team: faults, repeat: 0, steps: [{notify: [${one ?? ''}], wait: ${STEP_WAIT_MS / 1000}s}, {notify: [${two ?? ''}], wait: 12h}]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: ${name}}
spec: {displayName: ${name}, team: faults, tier: 1, group: {by: none}, policy: ${name}, plan: default}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: ${name}}
spec: {format: generic, service: ${name}, stormAfter: 1000000, key: ${key}}
`;

const person = (url: string, name: string, role: string): string => `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ${name}}
spec:
  displayName: ${name}
  email: ${name}@faults.example
  timezone: UTC
  role: ${role}
  contacts:
    - {name: hook, channel: webhook, address: "${url}/${name}/hook"}
    - {name: spare, channel: webhook, address: "${url}/${name}/spare"}
  rules: {high: [{after: 0s, contact: hook}, {after: 2s, contact: spare}], low: [{after: 0s, contact: hook}]}
`;

/** `first` is on call until the handover on the morning of the change. */
const schedule = ({ name, first, second }: Slot, change: ClockChange): string => `---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: ${name}}
spec:
  team: faults
  timezone: Europe/Berlin
  layers: [{name: daily, people: [${first}, ${second}], rotation: {every: 1, unit: day, handover: "03:00", start: "${change === 'autumn' ? '2026-10-24' : '2026-03-28'}"}}]
`;
