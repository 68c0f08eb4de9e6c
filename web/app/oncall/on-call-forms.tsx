/** Forms of the on-call page: add an override, request cover, create a calendar link. */
import type { CoverageGap } from '../../../domain/oncall/coverage-gaps.js';
import { type Choice, Hidden, SelectField, TextField } from '../../ui/fields.js';
import { nameOf, titleOf, useViewer } from '../../ui/viewer.js';
import { Moment, momentText } from './on-call-grid.js';
import type { HeldShift, OnCallView } from './on-call-loader.js';

/** The values of a refused form, so that the reader need not type them twice. */
export type Typed = Readonly<Record<string, string>>;

interface FormProps {
  view: OnCallView;
  csrf: string;
  typed: Typed;
  /** Everybody who may be put on call. */
  everybody: readonly Choice[];
}

/** A shift as the value of a choice; read back by `shiftOfValue`. */
const shiftValue = ({ schedule, person, from, to }: HeldShift): string =>
  [schedule, person, from, to].join(' ');

export function shiftOfValue(
  value: string,
): { schedule: string; person: string; from: string; to: string } | null {
  const [schedule, person, from, to] = value.split(' ');
  return schedule === undefined || person === undefined || from === undefined || to === undefined
    ? null
    : { schedule, person, from, to };
}

export function OverrideForm({ view, csrf, typed, everybody }: FormProps) {
  const { you, names, zone } = useViewer();
  const mine = everybody.filter(({ value }) => value === you);
  const people = view.managed.size > 0 ? everybody : mine;
  const schedules = view.schedules.map(({ name }) => ({
    value: name,
    text: titleOf('Schedule', name, names),
  }));
  if (!view.mayWrite || schedules.length === 0 || people.length === 0) return null;
  return (
    <section className="card" aria-labelledby="add-override">
      <h2 id="add-override">Add override</h2>
      <form method="post" action="/on-call/overrides">
        <Hidden fields={{ csrf }} />
        <SelectField
          name="schedule"
          id="o-schedule"
          label="Schedule"
          choices={schedules}
          value={typed['schedule'] ?? ''}
        />
        <SelectField
          name="person"
          id="o-person"
          label="Person on call"
          choices={people}
          value={typed['person'] ?? you ?? ''}
        />
        <div className="inline">
          <TextField
            name="from"
            id="o-from"
            label="From"
            hint={`Times in ${zone}`}
            type="datetime-local"
            required
            value={typed['from'] ?? ''}
          />
          <TextField
            name="to"
            id="o-to"
            label="To"
            hint={`Times in ${zone}`}
            type="datetime-local"
            required
            value={typed['to'] ?? ''}
          />
        </div>
        <TextField name="reason" id="o-reason" label="Reason (optional)" value={typed['reason'] ?? ''} />
        <p>
          <button type="submit">Add override</button>
        </p>
      </form>
    </section>
  );
}

export function CoverForm({ view, csrf, typed, everybody }: FormProps) {
  const { you, names, zone } = useViewer();
  if (!view.mayWrite || you === null || view.mine.length === 0) return null;
  const spanText = ({ schedule, from, to }: HeldShift): string =>
    `${titleOf('Schedule', schedule, names)}, ${momentText(from, zone)} – ${momentText(to, zone)}`;
  const own = view.mine.map((shift) => ({ value: shiftValue(shift), text: spanText(shift) }));
  const schedules = new Set(view.mine.map(({ schedule }) => schedule));
  const others = view.shifts
    .filter(({ schedule, person }) => schedules.has(schedule) && person !== you)
    .slice(0, 60)
    .map((shift) => ({
      value: shiftValue(shift),
      text: `${nameOf(shift.person, names)}: ${spanText(shift)}`,
    }));
  const anybody: Choice = { value: '', text: 'anybody in the schedule' };
  return (
    <section className="card" aria-labelledby="cover">
      <h2 id="cover">Request cover</h2>
      <form method="post" action="/on-call/swaps">
        <Hidden fields={{ csrf }} />
        <SelectField name="shift" label="Your shift" choices={own} value={typed['shift'] ?? ''} />
        <SelectField
          name="ask"
          label="Request from"
          choices={[anybody, ...everybody.filter(({ value }) => value !== you)]}
          value={typed['ask'] ?? ''}
        />
        <SelectField
          name="inReturn"
          label="In return you take"
          hint="A shift of that person, in the same schedule"
          choices={[{ value: '', text: 'nothing' }, ...others]}
          value={typed['inReturn'] ?? ''}
        />
        <details className="more">
          <summary>Only part of the shift</summary>
          <div className="inline">
            <TextField
              name="from"
              id="c-from"
              label="From"
              hint={`Times in ${zone}`}
              type="datetime-local"
              value={typed['from'] ?? ''}
            />
            <TextField
              name="to"
              id="c-to"
              label="To"
              hint={`Times in ${zone}`}
              type="datetime-local"
              value={typed['to'] ?? ''}
            />
          </div>
        </details>
        <TextField name="reason" id="c-reason" label="Reason (optional)" value={typed['reason'] ?? ''} />
        <p>
          <button type="submit">Request cover</button>
        </p>
      </form>
    </section>
  );
}

/** `made`: a calendar link that was just created; it is shown only once. */
export function CalendarForm({
  view,
  csrf,
  made,
}: Omit<FormProps, 'typed' | 'everybody'> & { made: { of: string; url: string } | null }) {
  const { you, names } = useViewer();
  const choices = [
    ...(you === null ? [] : [{ value: `person ${you}`, text: 'All your shifts' }]),
    ...view.schedules.map(({ name }) => ({
      value: `schedule ${name}`,
      text: `Schedule ${titleOf('Schedule', name, names)}`,
    })),
  ];
  if (choices.length === 0) return null;
  return (
    <section className="card" aria-labelledby="calendar">
      <h2 id="calendar">Calendar links</h2>
      {made === null ? null : (
        <>
          <label htmlFor="made">
            The calendar link of {made.of}. Anybody who has it sees who is on call. It is not shown again.
          </label>
          <input id="made" readOnly value={made.url} />
        </>
      )}
      <form method="post" action="/on-call/calendar">
        <Hidden fields={{ csrf }} />
        <SelectField
          name="subject"
          label="Calendar of"
          hint="Calendar apps refresh every few hours: do not rely on it as the only notice"
          choices={choices}
        />
        <p>
          <button type="submit">Create calendar link</button>
        </p>
      </form>
      {view.feeds.length === 0 ? null : (
        <ul className="plain">
          {view.feeds.map(({ id, person, schedule, createdAt }) => (
            <li key={id}>
              <form className="row" method="post" action={`/on-call/calendar/${id}/revoke`}>
                <Hidden fields={{ csrf }} />
                <span>
                  {schedule === null
                    ? `Shifts of ${nameOf(person ?? '', names)}`
                    : `Schedule ${titleOf('Schedule', schedule, names)}`}
                  , created <Moment at={createdAt} />
                </span>
                <button
                  type="submit"
                  className="danger"
                  aria-label={`Revoke the calendar link of ${schedule === null ? nameOf(person ?? '', names) : titleOf('Schedule', schedule, names)}`}
                >
                  Revoke
                </button>
              </form>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** One line for each schedule: fourteen coverage gaps of one schedule are one finding. */
export function CoverageGapList({ gaps }: { gaps: readonly CoverageGap[] }) {
  const { names } = useViewer();
  const bySchedule = new Map<string, CoverageGap[]>();
  for (const gap of gaps) bySchedule.set(gap.schedule, [...(bySchedule.get(gap.schedule) ?? []), gap]);
  return (
    <ul>
      {[...bySchedule].map(([schedule, [first, ...more]]) =>
        first === undefined ? null : (
          <li key={schedule}>
            {first.kind === 'broken' ? (
              first.text
            ) : (
              <>
                <strong>{titleOf('Schedule', schedule, names)}</strong>, <Moment at={first.from} /> to{' '}
                <Moment at={first.to} />:{' '}
                {first.person === null
                  ? 'nobody is on call'
                  : `${nameOf(first.person, names)} cannot be reached`}
                {more.length === 0 ? '' : `, and ${more.length} more`}
              </>
            )}
          </li>
        ),
      )}
    </ul>
  );
}
