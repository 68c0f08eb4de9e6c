/** The buttons of an incident: each its own form, each a wish that the record may refuse. */
import type { ReactNode } from 'react';
import type { IncidentDetail } from '../../../db/views/incident-view.js';
import { mayDo } from '../../../domain/access/permissions.js';
import { Hidden, SelectField, TextArea, TextField } from '../ui/fields.js';
import type { Room } from './desk.js';

interface Props {
  room: Room;
  incident: IncidentDetail;
}

const snoozeChoices = [
  { value: '30m', text: '30 minutes' },
  { value: '1h', text: '1 hour' },
  { value: '4h', text: '4 hours' },
  { value: '12h', text: '12 hours' },
];

function Command({ room, incident, command, children }: Props & { command: string; children: ReactNode }) {
  return (
    <form method="post" action={`/incidents/${incident.number}/${command}`}>
      <Hidden fields={{ csrf: room.frame.csrf, once: room.once, position: incident.position }} />
      {children}
    </form>
  );
}

export function IncidentActions({ room, incident }: Props) {
  if (!mayDo(room.identity.role, 'incidents.respond'))
    return <p className="soft">Your role reads incidents; responders act on them.</p>;
  const isActive = incident.status === 'triggered' || incident.status === 'acknowledged';
  return (
    <section className="card" aria-labelledby="act">
      <h2 id="act">{isActive ? 'Act' : 'Reopen or note'}</h2>
      {isActive ? <Active room={room} incident={incident} /> : <Over room={room} incident={incident} />}
    </section>
  );
}

function Active({ room, incident }: Props) {
  const { you } = room.viewing;
  const mine = incident.responders.find(({ person }) => person === you);
  const isMine =
    incident.status === 'acknowledged' &&
    (incident.acknowledgedBy === you || (mine?.acknowledgedAt ?? null) !== null);
  return (
    <>
      <div className="row">
        {isMine || you === null ? null : (
          <Command room={room} incident={incident} command="acknowledge">
            <button className="main" type="submit">
              {incident.status === 'acknowledged' ? 'Acknowledge too' : 'Acknowledge'}
            </button>
          </Command>
        )}
        <Command room={room} incident={incident} command="escalate">
          <button type="submit">Escalate</button>
        </Command>
        {isMine ? (
          <Command room={room} incident={incident} command="unacknowledge">
            <button type="submit">Give it back</button>
          </Command>
        ) : null}
      </div>
      <details className="more" open={incident.resolutionProposed}>
        <summary>Resolve</summary>
        <Command room={room} incident={incident} command="resolve">
          {incident.alertsOpen === 0 ? null : (
            <p>
              {incident.alertsOpen === 1
                ? 'One alert still fires'
                : `${incident.alertsOpen} alerts still fire`}
              : the next message of one opens the incident again and pages.
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
      {incident.status === 'acknowledged' ? <HandOver room={room} incident={incident} /> : null}
      <details className="more">
        <summary>Snooze paging</summary>
        <Command room={room} incident={incident} command="snooze">
          <div className="inline">
            <SelectField name="for" id="snooze-for" label="For" value="1h" choices={snoozeChoices} />
            <button type="submit">Snooze</button>
          </div>
        </Command>
      </details>
      <NoteForm room={room} incident={incident} />
    </>
  );
}

/** Whoever has it may know who should: that person is asked first, then the ladder from its first step. */
function HandOver({ room, incident }: Props) {
  const choices = room.snapshot
    .list('Person')
    .filter(({ name, spec }) => name !== incident.acknowledgedBy && spec.role !== 'stakeholder')
    .map(({ name, spec }) => ({ value: name, text: spec.displayName }));
  if (choices.length === 0) return null;
  return (
    <details className="more">
      <summary>Hand it to somebody</summary>
      <Command room={room} incident={incident} command="unacknowledge">
        <SelectField name="to" id="hand-to" label="To" value="" choices={choices} />
        <TextField
          name="reason"
          id="hand-reason"
          label="Why?"
          hint="Optional; goes on the record. They are paged now; without an answer paging goes on from step 1."
        />
        <p>
          <button type="submit">Hand it over</button>
        </p>
      </Command>
    </details>
  );
}

function Over({ room, incident }: Props) {
  return (
    <>
      <details>
        <summary>It is broken again</summary>
        <Command room={room} incident={incident} command="reopen">
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
      <NoteForm room={room} incident={incident} />
    </>
  );
}

const NoteForm = ({ room, incident }: Props) => (
  <details className="more">
    <summary>Add a note</summary>
    <Command room={room} incident={incident} command="notes">
      <TextArea
        name="text"
        id="note-text"
        label="Note"
        hint="Everybody on the incident reads it in the timeline."
        rows={3}
      />
      <p>
        <button type="submit">Add the note</button>
      </p>
    </Command>
  </details>
);
