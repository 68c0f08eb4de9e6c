/** Finds valid documents that would page no one. Reported as warnings, because the missing parts may still be added. */
import { withLive } from '../people/effective-person.js';
import { truncateList } from '../shared/truncate-list.js';
import type { LiveData, LivePerson } from './live-data.js';
import { Reach } from './reach-of-targets.js';
import type { Problem, Referring } from './referring.js';
import type { ScheduleLayer } from '../oncall/schedule-spec.js';
import type { PersonSpec } from '../people/person-spec.js';

export function reachProblems(
  documents: readonly Referring[],
  live: LiveData['people'],
  missing: ReadonlyMap<string, string> = new Map(),
): Problem[] {
  const reach = new Reach(documents, live, missing);
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
        if (!reach.isUnreachable(document.name)) return [];
        return [warn('spec.contacts', whyUnreachable(document.spec, live.get(document.name), missing))];
      case 'Team':
        return document.spec.members.length === 0
          ? [warn('spec.members', 'has no members: a page to this team reaches nobody')]
          : [];
      case 'Schedule':
        if (document.spec.layers.every(({ people }) => people.length === 0))
          return [warn('spec.layers', 'has no people: nobody is ever on call')];
        return reach.reaches([{ schedule: document.name }])
          ? document.spec.layers.flatMap((layer, at) =>
              layerProblems(layer, reach).map(({ path, message }) =>
                warn(`spec.layers[${at}].${path}`, message),
              ),
            )
          : [warn('spec.layers', 'nobody in this schedule has a contact and a role that answers incidents')];
      case 'EscalationPolicy':
        if (!reach.reaches(document.spec.steps.flatMap(({ notify }) => notify)))
          return [
            warn('spec.steps', 'reaches nobody: only the catch-all of the organisation would be paged'),
          ];
        return document.spec.steps.flatMap(({ notify }, step) =>
          reach.reaches(notify)
            ? []
            : [warn(`spec.steps[${step}].notify`, 'this step reaches nobody and would be skipped')],
        );
      case 'ResponsePlan':
        return Object.entries(document.spec.priorities).flatMap(([priority, plan]) =>
          (plan.disciplines ?? []).flatMap(({ discipline }, at) =>
            reach.disciplines.has(discipline)
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
        return document.spec.catchAll.length > 0 && !reach.reaches(document.spec.catchAll)
          ? [warn('spec.catchAll', 'reaches nobody: every admin would be paged instead')]
          : [];
      case 'Service':
      case 'Source':
      case 'Subscription':
      case 'Runbook':
      case 'Drill':
      case 'PriorityRules':
      case 'Inhibition':
      case 'Watch':
        return [];
    }
  });
}

function whyUnreachable(
  spec: PersonSpec,
  live: LivePerson | undefined,
  missing: ReadonlyMap<string, string>,
): string {
  const { contacts } = withLive(spec, live);
  if (contacts.length === 0)
    return spec.contacts.length === 0
      ? 'has no contact: cannot be reached'
      : 'has no contact that works: providers call every one dead';
  const reasons = new Map(contacts.map(({ channel }) => [channel, missing.get(channel) ?? '']));
  const said = [...reasons].map(([channel, reason]) => `${channel} (${reason})`);
  return `has no contact that this installation can send by: ${truncateList(said, { separator: ', ' })}`;
}

/** Problems of a layer that does not do what its author intended. Missing names are reported elsewhere. */
function layerProblems(
  { people, restrictions, skipEmpty }: ScheduleLayer,
  reach: Reach,
): { path: string; message: string }[] {
  if (people.length === 0)
    return [{ path: 'people', message: 'this layer has no people: it covers no time' }];
  const unreachable = people.flatMap((person, at) =>
    reach.isUnreachable(person) && people.indexOf(person) === at
      ? [{ path: `people[${at}]`, message: `${person} has no contact: nobody is paged in their shifts` }]
      : reach.answersNothing(person) && people.indexOf(person) === at
        ? [
            {
              path: `people[${at}]`,
              message: `${person} has a role that answers no incidents: nobody is paged in their shifts`,
            },
          ]
        : [],
  );
  if (skipEmpty !== true || restrictions !== undefined) return unreachable;
  return [...unreachable, { path: 'skipEmpty', message: 'does nothing without restrictions' }];
}
