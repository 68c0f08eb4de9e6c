/**
 * Decides who takes and who leaves command of an incident (docs/domain.md, Response and escalation). The events carry the outcome,
 * so that a later change of these rules does not change what the record says about the past.
 */
import type { CommandContext, Decision } from './commands.js';
import type { IncidentFact } from './events.js';
import { isPerson } from './holder.js';
import type { IncidentState } from './state.js';

type Command = Pick<IncidentState, 'commander' | 'roles'>;

/** The first person to acknowledge becomes commander unless somebody has the role. */
const takesCommand = ({ commander }: Command, person: string): boolean =>
  commander === null && isPerson(person);

/** A commander by first acknowledgement loses the role by unacknowledging; an assigned commander keeps it. */
const leavesCommand = ({ commander, roles }: Command, person: string): boolean =>
  person === commander && roles['commander'] === undefined;

/** Adds the outcome to the facts of a decision, in their order: of two acknowledgements only the first takes command. */
export function withCommand(state: IncidentState, decision: Decision, context: CommandContext): Decision {
  if (decision.kind !== 'accepted') return decision;
  const person = context.onBehalfOf ?? context.actor;
  let command: Command = state;
  const facts = decision.facts.map((fact): IncidentFact => {
    const decided = decidedOn(command, fact, person);
    command = commandAfter(command, decided);
    return decided;
  });
  return { ...decision, facts };
}

function decidedOn(command: Command, fact: IncidentFact, person: string): IncidentFact {
  switch (fact.kind) {
    case 'acknowledged':
      return { ...fact, data: { ...fact.data, takesCommand: takesCommand(command, fact.data.person) } };
    case 'unacknowledged':
      return { ...fact, data: { ...fact.data, leavesCommand: leavesCommand(command, person) } };
    default:
      return fact;
  }
}

/** Within one decision only these change who has command before an acknowledgement. */
function commandAfter(command: Command, fact: IncidentFact): Command {
  switch (fact.kind) {
    case 'acknowledged':
      return fact.data.takesCommand === true ? { ...command, commander: fact.data.person } : command;
    case 'unacknowledged':
      return fact.data.leavesCommand === true ? { ...command, commander: null } : command;
    case 'responder_left':
      return withoutPerson(command, fact.data.person);
    default:
      return command;
  }
}

const withoutPerson = ({ commander, roles }: Command, person: string): Command => ({
  commander: commander === person ? null : commander,
  roles: Object.fromEntries(Object.entries(roles).filter(([, holder]) => holder !== person)),
});
