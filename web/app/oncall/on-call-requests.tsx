/** Open cover requests, and current and upcoming overrides. */
import type { ScheduleOverride, Swap } from '../../../services/oncall/schedules.service.js';
import { Hidden } from '../../ui/fields.js';
import { Named, useViewer, Who } from '../../ui/viewer.js';
import { Moment } from './on-call-grid.js';
import type { OnCallView } from './on-call-loader.js';

export function Requests({ view, csrf }: { view: OnCallView; csrf: string }) {
  const { swaps } = view;
  if (swaps.length === 0) return null;
  return (
    <section className="card" aria-labelledby="requests">
      <h2 id="requests">Cover requests</h2>
      <ul className="plain">
        {swaps.map((swap) => (
          <Request key={swap.id} swap={swap} view={view} csrf={csrf} />
        ))}
      </ul>
    </section>
  );
}

function Request({ swap, view, csrf }: { swap: Swap; view: OnCallView; csrf: string }) {
  const { you } = useViewer();
  const { schedule, by, to, shift, inReturn, reason } = swap;
  const people = view.schedules.find(({ name }) => name === schedule)?.people ?? [];
  const isRequested = you !== null && by !== you && (to === null ? people.includes(you) : to === you);
  const answers = [
    ...(isRequested && view.mayWrite ? (['accept', ...(to === null ? [] : ['decline'])] as const) : []),
    ...(view.mayWrite && (by === you || view.managed.has(schedule)) ? (['withdraw'] as const) : []),
  ];
  return (
    <li id={`swap-${swap.id}`}>
      <p>
        <strong>
          <Who actor={by} />
        </strong>{' '}
        asks {to === null ? 'anybody' : <Who actor={to} />} to take <Named kind="Schedule" name={schedule} />{' '}
        from <Moment at={shift.from} /> to <Moment at={shift.to} />
        {inReturn === null ? (
          '.'
        ) : (
          <>
            , for <Moment at={inReturn.from} /> to <Moment at={inReturn.to} />.
          </>
        )}
      </p>
      {reason === null ? null : <p className="soft">{reason}</p>}
      {answers.length === 0 ? null : (
        <form className="row" method="post" action={`/on-call/swaps/${schedule}/${swap.id}`}>
          <Hidden fields={{ csrf }} />
          {answers.map((answer) => (
            <button
              key={answer}
              type="submit"
              name="decision"
              value={answer}
              className={answer === 'accept' ? 'main' : undefined}
            >
              {answerText[answer]}
            </button>
          ))}
        </form>
      )}
    </li>
  );
}

const answerText: Record<string, string> = {
  accept: 'Take the shift',
  decline: 'Decline',
  withdraw: 'Withdraw request',
};

export function Overrides({ view, csrf }: { view: OnCallView; csrf: string }) {
  if (view.overrides.length === 0) return null;
  return (
    <section className="card" aria-labelledby="overrides">
      <h2 id="overrides">Overrides, current and upcoming</h2>
      <ul className="plain">
        {view.overrides.map((override) => (
          <Override key={override.id} override={override} view={view} csrf={csrf} />
        ))}
      </ul>
    </section>
  );
}

function Override({ override, view, csrf }: { override: ScheduleOverride; view: OnCallView; csrf: string }) {
  const { you, now } = useViewer();
  const { id, schedule, person, from, to, reason, swap, createdBy } = override;
  const mayCancel =
    view.managed.has(schedule) || (view.mayWrite && swap === null && you !== null && createdBy === you);
  return (
    <li>
      <p>
        <strong>
          <Who actor={person} />
        </strong>{' '}
        in <Named kind="Schedule" name={schedule} /> from <Moment at={from} /> to <Moment at={to} />
        <span className="soft">
          {' '}
          ·{' '}
          {swap === null ? (
            <>
              added by <Who actor={createdBy} />
            </>
          ) : (
            'from an accepted cover request'
          )}
          {reason === null ? '' : ` · ${reason}`}
        </span>
      </p>
      {mayCancel ? (
        <form method="post" action={`/on-call/overrides/${schedule}/${id}/cancel`}>
          <Hidden fields={{ csrf }} />
          <button type="submit" className="danger">
            {from <= now ? 'End override' : 'Cancel override'}
          </button>
        </form>
      ) : null}
    </li>
  );
}
