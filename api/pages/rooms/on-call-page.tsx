/** Who is on call now, schedule by schedule; a gap is loud. */
import type { ReactElement } from 'react';
import type { OncallItem } from '../../oncall/oncall.service.js';
import { Empty } from '../ui/layout.js';
import { Time } from '../ui/time.js';
import { Who } from '../ui/viewer.js';
import type { Room } from './desk.js';
import { roomFrame } from './room-frame.js';

export function onCallPage(room: Room, rows: readonly OncallItem[]): ReactElement {
  return roomFrame(
    room,
    { title: 'On call now', place: 'on-call' },
    <>
      <div className="head">
        <h1>On call now</h1>
      </div>
      {rows.length === 0 ? (
        <Empty title="There is no schedule yet">
          <p>
            Without one, policies page people and teams by name. A schedule is a document of kind{' '}
            <code>Schedule</code>.
          </p>
        </Empty>
      ) : (
        <div className="card">
          <table className="fold">
            <thead>
              <tr>
                <th scope="col">Team</th>
                <th scope="col">On call</th>
                <th scope="col">Until</th>
                <th scope="col">Next</th>
                <th scope="col">Schedule</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row
                  key={row.schedule}
                  row={row}
                  team={room.snapshot.get('Team', row.team)?.spec.displayName ?? row.team}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>,
  );
}

function Row({ row, team }: { row: OncallItem; team: string }) {
  if (row.error !== undefined) {
    return (
      <tr>
        <td>{team}</td>
        <td colSpan={3}>
          <strong className="error">cannot be resolved: {row.error}</strong>
        </td>
        <td data-th="Schedule">{row.schedule}</td>
      </tr>
    );
  }
  const { person, until, next } = row;
  return (
    <tr>
      <td>{team}</td>
      <td data-th="On call">
        {person === null ? (
          <strong className="error">✗ nobody: a gap</strong>
        ) : (
          <strong>
            <Who actor={person} />
          </strong>
        )}
      </td>
      <td data-th="Until">{until === null ? 'no end in sight' : <Time at={until} />}</td>
      <td data-th="Next">
        {next === null ? (
          'nobody'
        ) : (
          <>
            <Who actor={next.person} />, <Time at={next.from} only="absolute" />
          </>
        )}
      </td>
      <td data-th="Schedule">{row.schedule}</td>
    </tr>
  );
}
