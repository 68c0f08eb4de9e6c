/** What an update of the zone data moved, in a sentence for each zone in use. */
import type { SystemStatus } from '../../../services/system/system.service.js';
import { Time } from '../../ui/time.js';

const HOUR_MS = 3_600_000;

const utc = (offset: number): string => {
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `UTC${offset < 0 ? '−' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
};

export function ZoneChanges({ changes }: { changes: SystemStatus['zoneChanges'] }) {
  if (changes.length === 0) return null;
  return (
    <div role="note">
      <p>
        <strong>Newer zone data move clocks that are in use.</strong> Look at the shifts of these documents
        from the given time on:
      </p>
      <ul>
        {changes.map(({ zone, from, to, move, usedBy }) => (
          <li key={zone}>
            {zone}, from <Time at={new Date(move.at).toISOString()} only="absolute" />: {utc(move.after)} by{' '}
            {to}, {utc(move.before)} by {from} ({Math.abs(move.after - move.before) / HOUR_MS} h). Used by{' '}
            {usedBy.slice(0, 10).join(', ')}
            {usedBy.length > 10 ? ` and ${usedBy.length - 10} more` : ''}.
          </li>
        ))}
      </ul>
    </div>
  );
}
