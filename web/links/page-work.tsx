/** Actions of a responder on the page link: update, reassign, snooze, resolve. */
import { SNOOZE_CHOICES } from '../../domain/reply/page-form.js';
import { type Choice, SelectField, TextArea } from '../ui/fields.js';
import { lengthText } from '../ui/time-text.js';
import type { LinkView } from './link-frame.js';

export interface WorkView extends LinkView {
  /** True when this person may do more than answer the page. */
  mayRespond: boolean;
  /** People to whom the incident can be reassigned, nearest first. */
  handOver: readonly Choice[];
}

export function Comment({ view, hint }: { view: LinkView; hint: string }) {
  const { wrong, typed } = view;
  return (
    <TextArea
      name="comment"
      label="Comment"
      hint={hint}
      error={wrong?.field === 'comment' ? wrong.message : undefined}
      value={typed['comment'] ?? ''}
      rows={3}
    />
  );
}

/** Part of the page's form; shown while the incident is acknowledged. */
export function Work({ view, isMine }: { view: WorkView; isMine: boolean }) {
  const { incident } = view.link;
  const clock = isMine && incident.ackTimeoutMs > 0 ? lengthText(incident.ackTimeoutMs) : null;
  return (
    <>
      <section className="card" aria-labelledby="update">
        <h2 id="update">Update</h2>
        <Comment view={view} hint="Goes on the record with the button that you press." />
        <p className="row">
          {isMine ? (
            <button type="submit" name="decision" value="update">
              Still on it
            </button>
          ) : null}
          <button type="submit" name="decision" value="note">
            Add a note
          </button>
        </p>
        {clock === null ? null : (
          <p className="small soft">Either one restarts your acknowledgement timeout of {clock}.</p>
        )}
      </section>
      <Pass view={view} isMine={isMine} />
      <section className="card" aria-labelledby="resolve">
        <h2 id="resolve">Resolve</h2>
        <p>{firing(incident)}</p>
        <button type="submit" name="decision" value="resolve">
          Resolve {incident.number}
        </button>
      </section>
    </>
  );
}

function firing({ alertsOpen: open }: { alertsOpen: number }): string {
  if (open === 0) return 'No alert fires any more.';
  return `${open === 1 ? 'One alert still fires' : `${open} alerts still fire`}. Resolving stops paging anyway.`;
}

function Pass({ view, isMine }: { view: WorkView; isMine: boolean }) {
  const { handOver, wrong, typed } = view;
  const mistake = (field: string): string | undefined => (wrong?.field === field ? wrong.message : undefined);
  return (
    <section className="card" aria-labelledby="pass">
      <h2 id="pass">{isMine ? 'Reassign or snooze' : 'Snooze'}</h2>
      {isMine && handOver.length > 0 ? (
        <div className="inline">
          <SelectField
            name="to"
            label="Reassign to"
            error={mistake('to')}
            value={typed['to'] ?? ''}
            choices={[{ value: '', text: 'Choose a person' }, ...handOver]}
          />
          <button type="submit" name="decision" value="hand_over">
            Reassign
          </button>
        </div>
      ) : null}
      <div className="inline">
        <SelectField
          name="for"
          label="Snooze paging for"
          error={mistake('for')}
          value={typed['for'] ?? '1h'}
          choices={SNOOZE_CHOICES}
        />
        <button type="submit" name="decision" value="snooze">
          Snooze
        </button>
      </div>
    </section>
  );
}
