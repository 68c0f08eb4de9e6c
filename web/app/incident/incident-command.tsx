/** The form of one command of an incident, with the position that its sender saw. */
import type { ReactNode } from 'react';
import type { IncidentDetail } from '../../../services/incident/incident-queries.service.js';
import { Hidden } from '../../ui/fields.js';
import type { PageContext } from '../page-contexts.js';

interface Props {
  context: PageContext;
  incident: IncidentDetail;
  command: string;
  children: ReactNode;
}

export function Command({ context, incident, command, children }: Props) {
  return (
    <form method="post" action={`/incidents/${incident.number}/${command}`}>
      <Hidden
        fields={{
          csrf: context.frame.csrf,
          idempotencyKey: context.idempotencyKey,
          position: incident.position,
        }}
      />
      {children}
    </form>
  );
}
