/** Maintenance windows as a list: on their own page, on an incident and on the on-call page. */
import { Hidden } from './fields.js';
import { heldText } from './silence-list.js';
import { Time } from './time.js';
import { nameOf, titlesOf, useViewer } from './viewer.js';

export interface WindowSeen {
  id: string;
  services: readonly string[];
  state: 'in_force' | 'coming' | 'over';
  current: { from: string; to: string } | null;
  spans: readonly { from: string; to: string }[];
  rule: { rrule: string; timezone: string } | null;
  owner: string | null;
  createdBy: string;
  reason: string;
  endedAt: string | null;
  held: number;
}

/** `csrf`: with a button that ends each; null: without. */
export function WindowList({
  windows,
  csrf = null,
}: {
  windows: readonly WindowSeen[];
  csrf?: string | null;
}) {
  const { names } = useViewer();
  return (
    <ul className="list">
      {windows.map((window) => (
        <li key={window.id} className="item">
          <h3>{titlesOf('Service', window.services, names)} and what depends on it</h3>
          <p className="meta">
            <WindowTime window={window} />
            <span>{nameOf(window.owner ?? window.createdBy, names)}</span>
            <span>
              <bdi>{window.reason}</bdi>
            </span>
            {window.state === 'in_force' ? <span>{heldText(window.held)}</span> : null}
          </p>
          {window.rule === null ? null : (
            <p className="soft small">
              <code>{window.rule.rrule}</code> in {window.rule.timezone}
              {window.state === 'over' ? '' : `, ${window.spans.length} times in all`}
            </p>
          )}
          {csrf === null || window.state === 'over' ? null : (
            <form method="post" action={`/maintenance/${window.id}/end`}>
              <Hidden fields={{ csrf }} />
              <button
                type="submit"
                className="danger"
                aria-label={`End the maintenance of ${titlesOf('Service', window.services, names)}`}
              >
                {window.state === 'in_force' ? 'End it now' : 'Cancel it'}
              </button>
            </form>
          )}
        </li>
      ))}
    </ul>
  );
}

function WindowTime({ window: { current, state, endedAt, spans } }: { window: WindowSeen }) {
  if (current === null)
    return (
      <span>
        over since <Time at={endedAt ?? spans.at(-1)?.to ?? ''} />
      </span>
    );
  return state === 'in_force' ? (
    <span>
      in force until <Time at={current.to} />
    </span>
  ) : (
    <span>
      next <Time at={current.from} /> to <Time at={current.to} only="absolute" />
    </span>
  );
}
