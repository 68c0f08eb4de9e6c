/**
 * Decides who becomes commander of an incident and who stops being it (docs/domain.md, Response and escalation). The events carry the
 * outcome, so that a later change of these rules does not change what the record says about the past.
 */
import type { CommandContext, Decision } from './commands.js';
import type { IncidentFact } from './events.js';
import { isPerson } from './holder.js';
import { withoutRoles } from './responder-left.js';
import type { IncidentState } from './state.js';

type Roles = Pick<IncidentState, 'commander' | 'roles'>;

/** The first person to acknowledge becomes commander unless somebody has the role. */
const becomesCommander = ({ commander }: Roles, person: string): boolean =>
  commander === null && isPerson(person);

/** A commander by first acknowledgement loses the role by unacknowledging; an assigned commander keeps it. */
const stopsBeingCommander = ({ commander, roles }: Roles, person: string): boolean =>
  person === commander && roles['commander'] === undefined;

/** Adds the outcome to the facts of a decision, in their order: of two acknowledgements only the first makes a commander. */
export function withCommander(state: IncidentState, decision: Decision, context: CommandContext): Decision {
  if (decision.kind !== 'accepted') return decision;
  const person = context.onBehalfOf ?? context.actor;
  let roles: Roles = state;
  const facts = decision.facts.map((fact): IncidentFact => {
    const decided = decidedOn(roles, fact, person);
    roles = rolesAfter(roles, decided);
    return decided;
  });
  return { ...decision, facts };
}

function decidedOn(roles: Roles, fact: IncidentFact, person: string): IncidentFact {
  switch (fact.kind) {
    case 'acknowledged':
      return { ...fact, data: { ...fact.data, becomesCommander: becomesCommander(roles, fact.data.person) } };
    case 'unacknowledged':
      return { ...fact, data: { ...fact.data, stopsBeingCommander: stopsBeingCommander(roles, person) } };
    default:
      return fact;
  }
}

/** Within one decision only these facts change the commander before an acknowledgement. */
function rolesAfter(roles: Roles, fact: IncidentFact): Roles {
  switch (fact.kind) {
    case 'acknowledged':
      return fact.data.becomesCommander === true ? { ...roles, commander: fact.data.person } : roles;
    case 'unacknowledged':
      return fact.data.stopsBeingCommander === true ? { ...roles, commander: null } : roles;
    case 'responder_left':
      return withoutRoles(roles, fact.data.person);
    default:
      return roles;
  }
}
