/** A simulated incident as a picture (on wide screens) and as a table. */
import type { Simulation } from '../../../domain/escalation/simulate.js';
import type { Unsendable } from '../../../domain/people/without-channels.js';
import { Notice } from '../../ui/notice.js';
import { lengthText } from '../../ui/time-text.js';
import { Time } from '../../ui/time.js';
import { nameOf, useViewer, Who } from '../../ui/viewer.js';

const after = (from: string, at: string): number => Math.max(0, Date.parse(at) - Date.parse(from));

type ShownSimulation = Simulation & { unsendable: readonly Unsendable[] };

export function Trace({ simulation, from }: { simulation: ShownSimulation; from: string }) {
  const { pages, skipped, unreached, acknowledged, exhausted, unsendable } = simulation;
  const rows = [
    ...pages.map((page) => ({ ...page, kind: 'page' as const })),
    ...unreached.map((one) => ({ ...one, kind: 'unreached' as const })),
    ...skipped.map((skip) => ({ ...skip, kind: 'skip' as const })),
  ].toSorted((a, b) => a.at.localeCompare(b.at) || a.cycle - b.cycle || a.step - b.step);
  return (
    <>
      <Outcome simulation={simulation} from={from} />
      {unsendable.length === 0 ? null : (
        <Notice tone="bad" title="Contacts that nothing is sent to: their channel has no account here">
          <ul>
            {unsendable.map(({ person, contact, channel, reason }) => (
              <li key={`${person} ${contact}`}>
                <Who actor={person} />: {contact} ({channel}), {reason}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Picture simulation={simulation} from={from} />
      <table className="fold">
        <caption className="soft small">Every message, and every step or target that reaches nobody</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">After</th>
            <th scope="col">Step</th>
            <th scope="col">Who</th>
            <th scope="col">By</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              <td>
                <Time at={row.at} only="absolute" />
              </td>
              <td data-th="After">{lengthText(after(from, row.at))}</td>
              <td data-th="Step">
                {row.step}
                {row.cycle > 0 ? `, pass ${row.cycle + 1}` : ''}
              </td>
              {row.kind === 'page' ? (
                <>
                  <td data-th="Who">
                    <strong>
                      <Who actor={row.person} />
                    </strong>
                  </td>
                  <td data-th="By">
                    {row.contact} ({row.channel})
                  </td>
                  <td data-th="Why">{row.because}</td>
                </>
              ) : (
                <>
                  <td data-th="Who">
                    <span className="error">{row.kind === 'skip' ? 'skipped' : 'nobody'}</span>
                  </td>
                  <td data-th="By">nothing</td>
                  <td data-th="Why">{row.reason}</td>
                </>
              )}
            </tr>
          ))}
          {acknowledged === null ? null : (
            <tr>
              <td>
                <Time at={acknowledged.at} only="absolute" />
              </td>
              <td data-th="After">{lengthText(after(from, acknowledged.at))}</td>
              <td data-th="Step">–</td>
              <td data-th="Who">
                <strong>
                  <Who actor={acknowledged.by} />
                </strong>
              </td>
              <td data-th="By">answers</td>
              <td data-th="Why">{exhausted ? 'after every step' : 'as assumed'}</td>
            </tr>
          )}
        </tbody>
      </table>
    </>
  );
}

function Outcome({
  simulation: { pages, acknowledged, exhausted },
  from,
}: {
  simulation: Simulation;
  from: string;
}) {
  const { names } = useViewer();
  if (acknowledged !== null) {
    const title = `${nameOf(acknowledged.by, names)} answers after ${lengthText(after(from, acknowledged.at))}`;
    return <Notice tone="good" title={`✓ ${title}; ${pages.length} messages until then`} />;
  }
  const last = pages.at(-1);
  const title =
    last === undefined
      ? '✗ Nobody can be reached, not even by the catch-all'
      : `✗ Nobody answers: ${exhausted ? 'every step and the catch-all are used up' : 'it goes on'} after ${lengthText(after(from, last.at))}, ${pages.length} messages`;
  return <Notice tone="bad" title={title} />;
}

const LEFT = 150;
const WIDTH = 900;
const ROW = 30;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  6 * HOUR,
  12 * HOUR,
];

/** Round times, seven at most; a very long policy gets whole days. */
function ticks(last: number): number[] {
  const day = 24 * HOUR;
  const step = STEPS.find((one) => last / one <= 6) ?? Math.ceil(last / day / 6) * day;
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step);
}

function Picture({ simulation: { pages, acknowledged }, from }: { simulation: Simulation; from: string }) {
  const { names } = useViewer();
  const people = [...new Set(pages.map(({ person }) => person))];
  if (people.length === 0) return null;
  const last = Math.max(
    ...[...pages, ...(acknowledged === null ? [] : [acknowledged])].map(({ at }) => after(from, at)),
    60_000,
  );
  const x = (at: string): number => LEFT + (after(from, at) / last) * (WIDTH - LEFT - 24);
  const height = (people.length + 1) * ROW + 20;
  return (
    <svg
      className="picture"
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label={`${pages.length} messages to ${people.length} people over ${lengthText(last)}; the table below says the same`}
    >
      {people.map((person, row) => (
        <g key={person}>
          <text x="0" y={row * ROW + 25}>
            {short(nameOf(person, names))}
          </text>
          <line className="rail" x1={LEFT} x2={WIDTH - 12} y1={row * ROW + 20} y2={row * ROW + 20} />
          {pages
            .filter((page) => page.person === person)
            .map((page, index) => (
              <g key={index}>
                <circle className="dot" cx={x(page.at)} cy={row * ROW + 20} r="9" />
                <text className="in" x={x(page.at)} y={row * ROW + 24} textAnchor="middle">
                  {page.step}
                </text>
              </g>
            ))}
        </g>
      ))}
      {acknowledged === null ? null : (
        <g>
          <line
            className="answer"
            x1={x(acknowledged.at)}
            x2={x(acknowledged.at)}
            y1="6"
            y2={people.length * ROW + 8}
          />
          <text x={x(acknowledged.at)} y={people.length * ROW + 20} textAnchor="end">
            answered ✓
          </text>
        </g>
      )}
      {ticks(last).map((ms) => (
        <text
          key={ms}
          className="tick"
          x={LEFT + (ms / last) * (WIDTH - LEFT - 24)}
          y={height - 6}
          textAnchor={ms === 0 ? 'start' : 'middle'}
        >
          {ms === 0 ? 'trigger' : `+${lengthText(ms)}`}
        </text>
      ))}
    </svg>
  );
}

const short = (name: string): string => (name.length > 18 ? `${name.slice(0, 17)}…` : name);
