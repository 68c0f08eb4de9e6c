/** Buttons of an incident: each is a form of its own and a command that the record may refuse. */
import { isOpenIncident } from '../../../domain/incident/is-open.js';
import type { IncidentDetail } from '../../../services/incident/incident-queries.service.js';
import { mayDo } from '../../../domain/access/permissions.js';
import { SelectField, TextArea, TextField } from '../../ui/fields.js';
import type { PageContext } from '../page-contexts.js';
import { Command } from './incident-command.js';
import { RolesSection } from './roles-section.js';

interface Props {
  context: PageContext;
  incident: IncidentDetail;
}

const snoozeChoices = [
  { value: '30m', text: '30 minutes' },
  { value: '1h', text: '1 hour' },
  { value: '4h', text: '4 hours' },
  { value: '12h', text: '12 hours' },
];

export function IncidentActions({ context, incident }: Props) {
  if (!mayDo(context.identity.role, 'incidents.respond'))
    return <p className="soft">Your role can read incidents. Ask a responder to act on them.</p>;
  const isActive = isOpenIncident(incident);
  return (
    <section className="card" aria-labelledby="act">
      <h2 id="act">{isActive ? 'Actions' : 'Reopen or add a note'}</h2>
      {isActive ? (
        <Active context={context} incident={incident} />
      ) : (
        <Over context={context} incident={incident} />
      )}
    </section>
  );
}

function Active({ context, incident }: Props) {
  const { you } = context.viewing;
  const mine = incident.responders.find(({ person }) => person === you);
  const isMine =
    incident.status === 'acknowledged' &&
    (incident.acknowledgedBy === you || (mine?.acknowledgedAt ?? null) !== null);
  return (
    <>
      <div className="row">
        {isMine || you === null ? null : (
          <Command context={context} incident={incident} command="acknowledge">
            <button className="main" type="submit">
              {incident.status === 'acknowledged' ? 'Acknowledge too' : 'Acknowledge'}
            </button>
          </Command>
        )}
        <Command context={context} incident={incident} command="escalate">
          <button type="submit">Escalate</button>
        </Command>
        {isMine ? (
          <Command context={context} incident={incident} command="unacknowledge">
            <button type="submit">Unacknowledge</button>
          </Command>
        ) : null}
      </div>
      <details className="more" open={incident.resolutionProposed}>
        <summary>Resolve</summary>
        <Command context={context} incident={incident} command="resolve">
          {incident.alertsOpen === 0 ? null : (
            <p>
              {incident.alertsOpen === 1
                ? 'One alert still fires'
                : `${incident.alertsOpen} alerts still fire`}
              : the next message of a firing alert reopens the incident and pages.
            </p>
          )}
          <TextField
            name="comment"
            id="resolve-comment"
            label="What fixed it?"
            hint="Optional; goes on the record. The post-mortem is drafted next."
          />
          <p>
            <button className="main" type="submit">
              Resolve
            </button>
          </p>
        </Command>
      </details>
      <RolesSection context={context} incident={incident} />
      {incident.status === 'acknowledged' ? <HandOver context={context} incident={incident} /> : null}
      <details className="more">
        <summary>Snooze paging</summary>
        <Command context={context} incident={incident} command="snooze">
          <div className="inline">
            <SelectField name="for" id="snooze-for" label="For" value="1h" choices={snoozeChoices} />
            <button type="submit">Snooze</button>
          </div>
        </Command>
      </details>
      <NoteForm context={context} incident={incident} />
    </>
  );
}

/** Reassigns: the named person is paged first, then the escalation path from its first step. */
function HandOver({ context, incident }: Props) {
  const choices = context.snapshot
    .list('Person')
    .filter(({ name, spec }) => name !== incident.acknowledgedBy && spec.role !== 'stakeholder')
    .map(({ name, spec }) => ({ value: name, text: spec.displayName }));
  if (choices.length === 0) return null;
  return (
    <details className="more">
      <summary>Reassign</summary>
      <Command context={context} incident={incident} command="unacknowledge">
        <SelectField name="to" id="hand-to" label="Reassign to" value="" choices={choices} />
        <TextField
          name="reason"
          id="hand-reason"
          label="Reason"
          hint="Optional; goes on the record. They are paged now; without an answer, escalation starts from step 1."
        />
        <p>
          <button type="submit">Reassign</button>
        </p>
      </Command>
    </details>
  );
}

function Over({ context, incident }: Props) {
  return (
    <>
      <details>
        <summary>Reopen</summary>
        <Command context={context} incident={incident} command="reopen">
          <TextField
            name="reason"
            id="reopen-reason"
            label="What came back?"
            hint="Optional; goes on the record. Paging starts again."
          />
          <p>
            <button type="submit">Reopen</button>
          </p>
        </Command>
      </details>
      <NoteForm context={context} incident={incident} />
    </>
  );
}

const NoteForm = ({ context, incident }: Props) => (
  <details className="more">
    <summary>Add a note</summary>
    <Command context={context} incident={incident} command="notes">
      <TextArea name="text" id="note-text" label="Note" hint="Shown in the timeline." rows={3} />
      <p>
        <button type="submit">Add note</button>
      </p>
    </Command>
  </details>
);
