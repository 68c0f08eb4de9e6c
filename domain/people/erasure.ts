/** Obstacles to erasing a person now, and the pseudonym used afterwards. Pure. */
import { type OpenWork, shiftsOf } from '../config/in-use.js';
import type { ConfigSnapshot } from '../config/specs.js';
import type { PolicyTarget } from '../escalation/policy-spec.js';

export interface ErasureQuestion {
  name: string;
  snapshot: ConfigSnapshot;
  open: readonly OpenWork[];
  /** ISO 8601. */
  now: string;
}

/** Empty when nothing depends on this person any more. */
export function erasureObstacles({ name, snapshot, open, now }: ErasureQuestion): string[] {
  const isHere = snapshot.get('Person', name) !== undefined;
  return [
    ...shiftsOf(name, snapshot, now),
    ...incidentsOf(name, open),
    ...policiesOf(name, snapshot),
    ...(isHere ? [`is in the configuration: delete Person ${name} first`] : []),
  ];
}

function incidentsOf(person: string, open: readonly OpenWork[]): string[] {
  return open.flatMap(({ number, status, acknowledgedBy, commander, paged, reviewers }) => {
    if (status === 'resolved')
      return reviewers.includes(person) ? [`has the post-mortem of ${number} to write or to review`] : [];
    if (status === 'acknowledged' && acknowledgedBy === person) return [`has ${number}, which is open`];
    if (commander === person) return [`commands ${number}, which is open`];
    return paged.some((people) => people.includes(person)) ? [`is paged for ${number}, which is open`] : [];
  });
}

const policiesOf = (person: string, snapshot: ConfigSnapshot): string[] =>
  snapshot
    .list('EscalationPolicy')
    .flatMap(({ name, spec }) =>
      spec.steps.flatMap(({ notify }, index) =>
        notify.length > 0 && notify.every((target) => namesOnly(target, person))
          ? [`is the only target of step ${index + 1} of the policy ${name}`]
          : [],
      ),
    );

function namesOnly(target: PolicyTarget, person: string): boolean {
  if ('person' in target) return target.person === person;
  return (
    'roundRobin' in target &&
    Array.isArray(target.roundRobin) &&
    target.roundRobin.every((one) => namesOnly(one, person))
  );
}

/** `tag`: four random hexadecimal digits; a tag derived from the name would be no pseudonym. */
export const erasedName = (tag: string): string => `erased person ${tag}`;
