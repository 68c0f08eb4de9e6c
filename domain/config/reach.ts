/** Documents that are valid and would still page nobody. Warnings: somebody may be about to fill them. */
import type { Problem, Referring } from './referring.js';
import type { PolicyTarget, ScheduleLayer } from './specs.js';

export function reachProblems(documents: readonly Referring[]): Problem[] {
  const index = new Index(documents);
  return documents.flatMap((document): Problem[] => {
    const warn = (path: string, message: string): Problem => ({
      severity: 'warning',
      kind: document.kind,
      name: document.name,
      path,
      message,
    });
    switch (document.kind) {
      case 'Person':
        return document.spec.contacts.length === 0
          ? [warn('spec.contacts', 'has no contact: cannot be reached')]
          : [];
      case 'Team':
        return document.spec.members.length === 0
          ? [warn('spec.members', 'has no members: a page to this team reaches nobody')]
          : [];
      case 'Schedule':
        if (document.spec.layers.every(({ people }) => people.length === 0))
          return [warn('spec.layers', 'has no people: nobody is ever on call')];
        return index.reaches([{ schedule: document.name }])
          ? document.spec.layers.flatMap((layer, at) =>
              layerProblems(layer, index).map(({ path, message }) =>
                warn(`spec.layers[${at}].${path}`, message),
              ),
            )
          : [warn('spec.layers', 'nobody in this schedule has a contact')];
      case 'EscalationPolicy':
        if (!index.reaches(document.spec.steps.flatMap(({ notify }) => notify)))
          return [
            warn('spec.steps', 'reaches nobody: only the catch-all of the organisation would be paged'),
          ];
        return document.spec.steps.flatMap(({ notify }, step) =>
          index.reaches(notify)
            ? []
            : [warn(`spec.steps[${step}].notify`, 'this step reaches nobody and would be passed over')],
        );
      case 'ResponsePlan':
        return Object.entries(document.spec.priorities).flatMap(([priority, plan]) =>
          (plan.disciplines ?? []).flatMap(({ discipline }, at) =>
            index.disciplines.has(discipline)
              ? []
              : [
                  warn(
                    `spec.priorities.${priority}.disciplines[${at}].discipline`,
                    `no team has the discipline "${discipline}"`,
                  ),
                ],
          ),
        );
      case 'Organisation':
        return document.spec.catchAll.length > 0 && !index.reaches(document.spec.catchAll)
          ? [warn('spec.catchAll', 'reaches nobody: every admin would be paged instead')]
          : [];
      case 'Service':
      case 'Source':
      case 'Subscription':
      case 'Runbook':
      case 'Watch':
      case 'Drill':
        return [];
    }
  });
}

/** A layer that does not do what its writer meant. Names that do not exist are another's problem. */
function layerProblems(
  { people, restrictions, skipEmpty }: ScheduleLayer,
  index: Index,
): { path: string; message: string }[] {
  if (people.length === 0)
    return [{ path: 'people', message: 'this layer has no people: it covers no time' }];
  const unreachable = people.flatMap((person, at) =>
    index.isUnreachable(person) && people.indexOf(person) === at
      ? [{ path: `people[${at}]`, message: `${person} has no contact: in their turn nobody is woken` }]
      : [],
  );
  if (skipEmpty !== true || restrictions !== undefined) return unreachable;
  return [...unreachable, { path: 'skipEmpty', message: 'does nothing without restrictions' }];
}

class Index {
  readonly disciplines: ReadonlySet<string>;
  private readonly reachable: ReadonlySet<string>;
  private readonly byName: ReadonlyMap<string, Referring>;

  constructor(documents: readonly Referring[]) {
    this.byName = new Map(documents.map((one) => [`${one.kind}/${one.name}`, one]));
    this.disciplines = new Set(
      documents.flatMap((one) => (one.kind === 'Team' ? [one.spec.discipline] : [])),
    );
    this.reachable = new Set(
      documents.flatMap((one) => (one.kind === 'Person' && one.spec.contacts.length > 0 ? [one.name] : [])),
    );
  }

  /** Exists, and nothing leads there. */
  isUnreachable(person: string): boolean {
    return this.byName.has(`Person/${person}`) && !this.reachable.has(person);
  }

  /** Might any of these targets ever reach a person with a contact? Names that do not exist are another's problem. */
  reaches(targets: readonly PolicyTarget[], inside: ReadonlySet<string> = new Set()): boolean {
    return targets.some((target) => {
      if ('person' in target) return this.reachable.has(target.person);
      if ('team' in target) {
        const team = this.byName.get(`Team/${target.team}`);
        return team?.kind === 'Team' && team.spec.members.some((person) => this.reachable.has(person));
      }
      if ('schedule' in target) {
        const schedule = this.byName.get(`Schedule/${target.schedule}`);
        return (
          schedule?.kind === 'Schedule' &&
          schedule.spec.layers.some(({ people }) => people.some((person) => this.reachable.has(person)))
        );
      }
      if ('roundRobin' in target) return this.reaches(target.roundRobin, inside);
      const policy = this.byName.get(`EscalationPolicy/${target.policy}`);
      if (policy?.kind !== 'EscalationPolicy' || inside.has(target.policy)) return false;
      // A policy that is called stands for its first step (domain/oncall/targets.ts).
      return this.reaches(policy.spec.steps[0]?.notify ?? [], new Set([...inside, target.policy]));
    });
  }
}
