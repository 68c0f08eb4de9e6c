/** Fourteen days of one schedule: a strip on wide screens, a list of days on phones. Coverage gaps are hatched. */
import { wallDate } from '../../../domain/oncall/zone-data.js';
import type { Shift } from '../../../domain/oncall/schedule.js';
import { nameOf, useViewer } from '../../ui/viewer.js';
import type { ScheduleView } from './on-call-loader.js';

const WIDTH = 1120;
const HEIGHT = 72;
const TOP = 22;
/** Number of colours, which distinguish neighbours; each shift also has its name. */
const TONES = 6;
const MOST_LISTED = 40;
/** Width of a letter in the strip, in its units. */
const LETTER = 7.5;

interface Stretch {
  from: string;
  to: string;
  /** Null for a coverage gap. */
  person: string | null;
  source: string | null;
}

export function ScheduleStrip({ schedule, days }: { schedule: ScheduleView; days: readonly string[] }) {
  const { now } = useViewer();
  const [first = now, last = now] = [days[0], days.at(-1)];
  const [from, to] = [Date.parse(first), Date.parse(last)];
  const x = (at: string): number => Math.round(((Date.parse(at) - from) / (to - from)) * WIDTH * 10) / 10;
  const stretches = stretchesOf(schedule);
  const hatch = `hatch-${schedule.name}`;
  return (
    <>
      <svg className="strip" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" focusable="false">
        <defs>
          <pattern
            id={hatch}
            width="8"
            height="8"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect className="hatch-ground" width="8" height="8" />
            <rect className="hatch-line" width="3" height="8" />
          </pattern>
        </defs>
        {days.slice(0, -1).map((day) => (
          <g key={day}>
            <line className="day" x1={x(day)} x2={x(day)} y1="0" y2={HEIGHT} />
            <text className="day-name" x={x(day) + 4} y="14">
              <Day at={day} />
            </text>
          </g>
        ))}
        {stretches.map(({ from: begin, to: end, person, source }) => (
          <g key={begin}>
            <rect
              className={
                person === null
                  ? 'gap'
                  : `tone-${toneOf(schedule, person)}${source === 'override' ? ' over' : ''}`
              }
              {...(person === null ? { fill: `url(#${hatch})` } : {})}
              x={x(begin)}
              y={TOP}
              width={Math.max(0.5, x(end) - x(begin))}
              height={HEIGHT - TOP - 4}
              rx="4"
            />
            <StretchName width={x(end) - x(begin)} at={x(begin)} person={person} />
          </g>
        ))}
        <line className="present" x1={x(now)} x2={x(now)} y1={TOP - 4} y2={HEIGHT} />
      </svg>
      <Agenda stretches={stretches} />
    </>
  );
}

/** The longest form of the name that fits. */
function StretchName({ width, at, person }: { width: number; at: number; person: string | null }) {
  const { names } = useViewer();
  const name = person === null ? 'nobody' : nameOf(person, names);
  const shorter = person === null ? ['✗'] : [name.split(' ')[0] ?? name, initials(name)];
  const fits = [name, ...shorter].find((text) => text.length * LETTER + 10 <= width);
  if (fits === undefined) return null;
  return (
    <text className={person === null ? 'gap-name' : 'name'} x={at + 6} y={TOP + 28}>
      {fits}
    </text>
  );
}

/** The same as a list: open on phones, which have no strip, and folded elsewhere. */
function Agenda({ stretches }: { stretches: readonly Stretch[] }) {
  const { now } = useViewer();
  const coming = stretches.filter(({ to }) => to > now);
  const list = (
    <>
      <ol className="plain small">
        {coming.slice(0, MOST_LISTED).map(({ from, to, person, source }) => (
          <li key={from}>
            <Moment at={from} /> to <Moment at={to} />:{' '}
            {person === null ? <strong className="error">✗ nobody</strong> : <Name person={person} />}
            {source === 'override' ? ' (override)' : ''}
          </li>
        ))}
      </ol>
      {coming.length > MOST_LISTED ? (
        <p className="soft small">and {coming.length - MOST_LISTED} more</p>
      ) : null}
    </>
  );
  return (
    <>
      <details className="wide-only">
        <summary>As a list</summary>
        {list}
      </details>
      <div className="narrow-only">{list}</div>
    </>
  );
}

function Name({ person }: { person: string }) {
  const { names, you } = useViewer();
  return (
    <strong>
      {nameOf(person, names)}
      {person === you ? ' (you)' : ''}
    </strong>
  );
}

/** `Mon 23 Nov, 09:00` in the reader's zone. */
export function Moment({ at }: { at: string }) {
  const { zone } = useViewer();
  return <time dateTime={at}>{momentText(at, zone)}</time>;
}

export const momentText = (at: string, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
  }).format(wallDate(zone, at));

function Day({ at }: { at: string }) {
  const { zone } = useViewer();
  return new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', timeZone: 'UTC' }).format(
    wallDate(zone, at),
  );
}

const stretchesOf = ({ items, gaps }: ScheduleView): Stretch[] =>
  [
    ...items.map(({ from, to, person, source }: Shift) => ({ from, to, person, source })),
    ...gaps.map((gap) => ({ ...gap, person: null, source: null })),
  ].toSorted((a, b) => a.from.localeCompare(b.from));

/** A person with an override who is not in the schedule has the last colour. */
function toneOf({ people }: ScheduleView, person: string): number {
  const index = people.indexOf(person);
  return index === -1 ? TONES - 1 : index % TONES;
}

const initials = (name: string): string =>
  name
    .split(' ')
    .map((word) => word.slice(0, 1))
    .join('');
