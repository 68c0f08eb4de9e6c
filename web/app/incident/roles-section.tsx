/** Roles that the plan asks for: each without a person is one press away, and any role can be given to anybody. */
import type { IncidentDetail } from '../../../services/incident/incident-queries.service.js';
import { SelectField, Hidden } from '../../ui/fields.js';
import type { PageContext } from '../page-contexts.js';
import { Command } from './incident-command.js';

interface Props {
  context: PageContext;
  incident: IncidentDetail;
}

export function RolesSection({ context, incident }: Props) {
  const { you } = context.viewing;
  const people = context.snapshot
    .list('Person')
    .map(({ name, spec }) => ({ value: name, text: spec.displayName }));
  const roles = [...new Set([...incident.openRoles, 'commander', ...Object.keys(incident.roles), 'scribe'])];
  return (
    <>
      {you === null
        ? null
        : incident.openRoles.map((role) => (
            <Command key={role} context={context} incident={incident} command="roles">
              <Hidden fields={{ role, person: you }} />
              <p>
                Nobody is {role} yet. <button type="submit">Take {role}</button>
              </p>
            </Command>
          ))}
      <details className="more">
        <summary>Assign a role</summary>
        <Command context={context} incident={incident} command="roles">
          <div className="inline">
            <SelectField
              name="role"
              id="role-name"
              label="Role"
              value={roles[0] ?? 'commander'}
              choices={roles.map((role) => ({ value: role, text: role }))}
            />
            <SelectField
              name="person"
              id="role-person"
              label="Person"
              value={you ?? people[0]?.value ?? ''}
              choices={people}
            />
            <button type="submit">Assign</button>
          </div>
        </Command>
      </details>
    </>
  );
}
