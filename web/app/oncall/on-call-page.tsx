/** On-call page: who is on call now and in the coming days, with coverage gaps as warnings, and the forms that change shifts. */
import { Fragment, type ReactElement } from 'react';
import { monthOf } from '../../../domain/oncall/month-range.js';
import type { OncallItem } from '../../../services/oncall/oncall.service.js';
import { Empty } from '../../ui/layout.js';
import { Notice, type Flash, FlashNotice } from '../../ui/notice.js';
import { WindowList } from '../../ui/window-list.js';
import { SilenceList } from '../../ui/silence-list.js';
import { Time } from '../../ui/time.js';
import { Named, titleOf, useViewer, Who } from '../../ui/viewer.js';
import type { PageContext } from '../page-contexts.js';
import { CalendarForm, CoverForm, CoverageGapList, OverrideForm, type Typed } from './on-call-forms.js';
import { Moment, ScheduleStrip } from './on-call-grid.js';
import { Overrides, Requests } from './on-call-requests.js';
import { GRID_DAYS, type OnCallView, type ScheduleView } from './on-call-loader.js';
import { appFrame } from '../app-frame.js';

export interface OnCallPage {
  view: OnCallView;
  flash: Flash | null;
  typed: Typed;
  /** A calendar link that was just created. */
  made: { of: string; url: string } | null;
}

export function onCallPage(context: PageContext, { view, flash, typed, made }: OnCallPage): ReactElement {
  const { csrf } = context.frame;
  const everybody = context.snapshot
    .list('Person')
    .map(({ name, spec }) => ({ value: name, text: spec.displayName }))
    .toSorted((a, b) => a.text.localeCompare(b.text));
  return appFrame(
    context,
    { title: 'On call', section: 'on-call' },
    <>
      <div className="head">
        <h1>On call</h1>
      </div>
      <FlashNotice flash={flash} />
      {view.schedules.length === 0 ? (
        <Empty title="There is no schedule yet">
          <p>
            Without a schedule, policies page people and teams by name. A schedule is a document of kind{' '}
            <code>Schedule</code>.
          </p>
        </Empty>
      ) : (
        <>
          {view.gaps.length === 0 ? null : (
            <Notice
              tone="warn"
              title={`${view.gaps.length === 1 ? 'A coverage gap' : `${view.gaps.length} coverage gaps`} in the next ${GRID_DAYS} days: nobody would be paged`}
            >
              <CoverageGapList gaps={view.gaps} />
            </Notice>
          )}
          {view.mine.length === 0 ? (
            <Now rows={view.status} context={context} />
          ) : (
            <div className="cols">
              <Now rows={view.status} context={context} />
              <div className="side">
                <Mine view={view} />
              </div>
            </div>
          )}
          <Muted view={view} />
          <Requests view={view} csrf={csrf} />
          <Ahead view={view} />
          <div className="forms">
            <Overrides view={view} csrf={csrf} />
            <CoverForm view={view} csrf={csrf} typed={typed} everybody={everybody} />
            <OverrideForm view={view} csrf={csrf} typed={typed} everybody={everybody} />
            <CalendarForm view={view} csrf={csrf} made={made} />
          </div>
        </>
      )}
    </>,
  );
}

/** For the hand-over: what pages nobody at present. */
function Muted({ view: { silences, windows } }: { view: OnCallView }) {
  if (silences.length === 0 && windows.length === 0) return null;
  return (
    <section className="card" aria-labelledby="muted">
      <h2 id="muted">Muted now</h2>
      {silences.length === 0 ? null : <SilenceList silences={silences} />}
      {windows.length === 0 ? null : <WindowList windows={windows} />}
    </section>
  );
}

function Ahead({ view }: { view: OnCallView }) {
  return (
    <section className="card" aria-labelledby="ahead">
      <h2 id="ahead">The next {GRID_DAYS} days</h2>
      {view.schedules.map((schedule) => (
        <section key={schedule.name} className="strip-of" aria-labelledby={`of-${schedule.name}`}>
          <h3 id={`of-${schedule.name}`}>
            <Named kind="Schedule" name={schedule.name} />{' '}
            <span className="soft small">{schedule.timezone}</span>
          </h3>
          {schedule.error === null ? (
            <>
              <ScheduleStrip schedule={schedule} days={view.days} />
              <Tables of={schedule} />
            </>
          ) : (
            <p className="error">cannot be resolved: {schedule.error}</p>
          )}
        </section>
      ))}
    </section>
  );
}

/** Links to the shifts of a month as CSV, for payroll. */
function Tables({ of: { name, timezone } }: { of: ScheduleView }) {
  const { now, names } = useViewer();
  return (
    <p className="small">
      As a table:{' '}
      {[-1, 0, 1].map((moved) => {
        const month = monthOf(now, timezone, moved);
        return (
          <Fragment key={month}>
            {moved === -1 ? '' : ' · '}
            <a
              href={`/api/v1/schedules/${name}/shifts.csv?month=${month}`}
              aria-label={`${titleOf('Schedule', name, names)}, ${month}, CSV`}
            >
              {month}.csv
            </a>
          </Fragment>
        );
      })}
    </p>
  );
}

function Mine({ view: { mine } }: { view: OnCallView }) {
  const { now } = useViewer();
  const [next, ...more] = mine;
  if (next === undefined) return null;
  const isOn = next.from <= now;
  return (
    <section className="card" aria-labelledby="mine">
      <h2 id="mine">{isOn ? 'You are on call' : 'Your next shift'}</h2>
      <p>
        <strong>
          <Named kind="Schedule" name={next.schedule} />
        </strong>
        <br />
        {isOn ? (
          <>
            until <Moment at={next.to} /> (<Time at={next.to} only="relative" />)
          </>
        ) : (
          <>
            <Moment at={next.from} /> to <Moment at={next.to} /> (<Time at={next.from} only="relative" />)
          </>
        )}
      </p>
      {more.length === 0 ? null : (
        <ul className="plain small">
          {more.slice(0, 3).map(({ schedule, from, to }) => (
            <li key={`${schedule} ${from}`}>
              <Named kind="Schedule" name={schedule} />: <Moment at={from} /> to <Moment at={to} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Now({ rows, context }: { rows: readonly OncallItem[]; context: PageContext }) {
  return (
    <section className="card" aria-labelledby="now">
      <h2 id="now">On call now</h2>
      <table className="fold">
        <thead>
          <tr>
            <th scope="col">Schedule</th>
            <th scope="col">On call</th>
            <th scope="col">Until</th>
            <th scope="col">Next</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.schedule}
              row={row}
              team={context.snapshot.get('Team', row.team)?.spec.displayName ?? row.team}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ row, team }: { row: OncallItem; team: string }) {
  const named = (
    <td>
      <strong>
        <Named kind="Schedule" name={row.schedule} />
      </strong>{' '}
      <span className="soft small">{team}</span>
    </td>
  );
  if (row.error !== undefined) {
    return (
      <tr>
        {named}
        <td colSpan={3}>
          <strong className="error">cannot be resolved: {row.error}</strong>
        </td>
      </tr>
    );
  }
  const { person, until, next } = row;
  return (
    <tr>
      {named}
      <td data-th="On call">
        {person === null ? (
          <strong className="error">✗ nobody: coverage gap</strong>
        ) : (
          <strong>
            <Who actor={person} />
          </strong>
        )}
      </td>
      <td data-th="Until">
        {until === null ? (
          'no end'
        ) : (
          <>
            <Moment at={until} /> · <Time at={until} only="relative" />
          </>
        )}
      </td>
      <td data-th="Next">
        {next === null ? (
          'nobody'
        ) : (
          <>
            <Who actor={next.person} />, <Moment at={next.from} />
          </>
        )}
      </td>
    </tr>
  );
}
