/** Lists every reference from one document to another, with the field that contains it. */
import { readStep } from '../../steps/registry.js';
import type { PolicyTarget } from '../escalation/policy-spec.js';
import type { ConfigKind } from './specs.js';
import type { Referring } from './referring.js';

export interface Reference {
  path: string;
  kind: ConfigKind;
  name: string;
}

export function referencesOf(document: Referring): Reference[] {
  switch (document.kind) {
    case 'Organisation':
      return targets(document.spec.catchAll, 'spec.catchAll');
    case 'Team':
      return [
        ...each('Person', document.spec.members, 'spec.members'),
        ...each('Person', document.spec.managers, 'spec.managers'),
      ];
    case 'Person':
    case 'PriorityRules':
    case 'Inhibition':
      return [];
    case 'Schedule':
      return [
        one('Team', document.spec.team, 'spec.team'),
        ...document.spec.layers.flatMap(({ people }, index) =>
          each('Person', people, `spec.layers[${index}].people`),
        ),
      ];
    case 'EscalationPolicy':
      return [
        one('Team', document.spec.team, 'spec.team'),
        ...document.spec.steps.flatMap(({ notify }, index) => targets(notify, `spec.steps[${index}].notify`)),
      ];
    case 'Service':
      return [
        one('Team', document.spec.team, 'spec.team'),
        ...maybe('EscalationPolicy', document.spec.policy, 'spec.policy'),
        ...maybe('ResponsePlan', document.spec.plan, 'spec.plan'),
        ...each('Service', document.spec.dependsOn, 'spec.dependsOn'),
      ];
    case 'ResponsePlan':
      return Object.entries(document.spec.priorities).flatMap(([priority, plan]) => [
        ...each('Runbook', plan.runbooks ?? [], `spec.priorities.${priority}.runbooks`),
        ...each('Person', plan.stakeholders ?? [], `spec.priorities.${priority}.stakeholders`),
      ]);
    case 'Source':
      return [
        ...maybe('Service', document.spec.service, 'spec.service'),
        ...(document.spec.routes ?? []).map(({ service }, index) =>
          one('Service', service, `spec.routes[${index}].service`),
        ),
      ];
    case 'Subscription':
      return [
        ...each('Team', document.spec.teams ?? [], 'spec.teams'),
        ...each('Service', document.spec.services ?? [], 'spec.services'),
      ];
    case 'Runbook':
      return [
        ...each('Service', document.spec.on.service ?? [], 'spec.on.service'),
        ...document.spec.steps.flatMap((step, index) => {
          const { kind, fields, rules } = readStep(step);
          return (rules.addressees?.(fields) ?? []).flatMap(({ path, to }) =>
            addressee(to, `spec.steps[${index}].${kind}.${path}`),
          );
        }),
      ];
    case 'Drill':
      return [
        one('Service', document.spec.service, 'spec.service'),
        ...document.spec.inject.flatMap((injected, index) =>
          'silence' in injected
            ? [one('Person', injected.silence.person, `spec.inject[${index}].silence.person`)]
            : [],
        ),
        ...document.spec.expect.flatMap((expected, index) =>
          'runbook' in expected ? [one('Runbook', expected.runbook, `spec.expect[${index}].runbook`)] : [],
        ),
      ];
    case 'Watch': {
      const { service, source } = document.spec;
      return [
        one('Service', service, 'spec.service'),
        ...('push' in source ? maybe('Source', source.push.source, 'spec.source.push.source') : []),
      ];
    }
  }
}

const one = (kind: ConfigKind, name: string, path: string): Reference => ({ path, kind, name });

const maybe = (kind: ConfigKind, name: string | undefined, path: string): Reference[] =>
  name === undefined ? [] : [one(kind, name, path)];

const each = (kind: ConfigKind, names: readonly string[], path: string): Reference[] =>
  names.map((name, index) => one(kind, name, `${path}[${index}]`));

const targets = (list: readonly PolicyTarget[], path: string): Reference[] =>
  list.flatMap((target, index) => {
    const at = `${path}[${index}]`;
    if ('person' in target) return [one('Person', target.person, `${at}.person`)];
    if ('schedule' in target) return [one('Schedule', target.schedule, `${at}.schedule`)];
    if ('team' in target) return [one('Team', target.team, `${at}.team`)];
    if ('policy' in target) return [one('EscalationPolicy', target.policy, `${at}.policy`)];
    return targets(target.roundRobin, `${at}.roundRobin`);
  });

/** `team:checkout`, `person:ana`; roles and `responders` refer to no document. */
function addressee(text: string, path: string): Reference[] {
  const [what, name] = text.split(':');
  if (name === undefined) return [];
  if (what === 'team') return [one('Team', name, path)];
  return what === 'person' ? [one('Person', name, path)] : [];
}
