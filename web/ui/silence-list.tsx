/** Silences as a list: on their own page, on an incident and on the on-call page. */
import { nameOf, titlesOf, useViewer } from './viewer.js';
import { Time } from './time.js';

export interface SilenceSeen {
  id: string;
  text: string;
  teams: readonly string[] | null;
  owner: string | null;
  createdBy: string;
  reason: string;
  until: string;
  untilClear: boolean;
  isInForce: boolean;
  endedAt: string | null;
  held: number;
}

export function SilenceList({ silences }: { silences: readonly SilenceSeen[] }) {
  return (
    <ul className="list">
      {silences.map((silence) => (
        <li key={silence.id} className="item">
          <h3>
            <a href={`/silences/${silence.id}`}>
              <bdi>{silence.text}</bdi>
            </a>
          </h3>
          <SilenceMeta silence={silence} />
        </li>
      ))}
    </ul>
  );
}

function SilenceMeta({ silence }: { silence: SilenceSeen }) {
  const { names } = useViewer();
  const { owner, createdBy, reason, held, teams } = silence;
  return (
    <p className="meta">
      <SilenceEnd silence={silence} />
      <span>{nameOf(owner ?? createdBy, names)}</span>
      {teams === null ? null : <span>services of {titlesOf('Team', teams, names)}</span>}
      <span>
        <bdi>{reason}</bdi>
      </span>
      {silence.isInForce ? <span>{heldText(held)}</span> : null}
    </p>
  );
}

export const heldText = (held: number): string =>
  held === 0
    ? 'holds no alert now'
    : held === 1
      ? 'holds 1 alert that fires'
      : `holds ${held} alerts that fire`;

export function SilenceEnd({ silence: { isInForce, until, untilClear, endedAt } }: { silence: SilenceSeen }) {
  if (!isInForce)
    return (
      <span>
        ended <Time at={endedAt ?? until} />
      </span>
    );
  return (
    <span>
      {untilClear ? 'until its alerts clear, at the latest ' : 'until '}
      <Time at={until} />
    </span>
  );
}
