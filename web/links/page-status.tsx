/** The state of the incident for whoever is being paged: who has it, or that nobody has. */
import { nextUpdateDue } from '../../domain/incident/owed-updates.js';
import { openRoles } from '../../domain/response/open-roles.js';
import { Notice } from '../ui/notice.js';
import { SafeLink } from '../ui/safe-link.js';
import { lengthText } from '../ui/time-text.js';
import { Time } from '../ui/time.js';
import { nameOf, Who } from '../ui/viewer.js';
import { IncidentLink } from './link-frame.js';
import { acknowledgedAt, type PageLinkView } from './page-view.js';

/** The current state, shown first: who has the incident, or that nobody has. */
export function PageStatusNotice({ view }: { view: PageLinkView }) {
  const { link, declinedAt } = view;
  const { incident } = link;
  const bridge = incident.status === 'closed' ? null : link.response.bridge;
  return (
    <>
      {statusNotice(view)}
      {declinedAt !== null && incident.status === 'triggered' ? (
        <Notice tone="info" title="You said that you can't take it">
          <p>
            <Time at={declinedAt} />. Changed your mind? You can still acknowledge.
          </p>
        </Notice>
      ) : null}
      {bridge === null ? null : (
        <p>
          <SafeLink url={bridge} className="btn">
            Join the bridge
          </SafeLink>
        </p>
      )}
      {incident.status === 'triggered' ? null : (
        <IncidentLink link={link} path={incident.status === 'resolved' ? '/postmortem' : ''} />
      )}
    </>
  );
}

function statusNotice(view: PageLinkView) {
  const { link, names, answers } = view;
  const { incident, person } = link;
  switch (incident.status) {
    case 'triggered':
      return incident.snoozedUntil === null ? (
        <Notice tone="bad" title={openTitle(link, names)} />
      ) : (
        <Notice tone="warn" title="Paging is snoozed">
          <p>
            Paging is snoozed until <Time at={incident.snoozedUntil} />; then it starts again.
          </p>
        </Notice>
      );
    case 'acknowledged': {
      const by = incident.acknowledgedBy ?? 'somebody';
      const isYou = by === person.name;
      const since = acknowledgedAt(answers, by) ?? incident.acknowledgedAt;
      const roles = openRoles(link.response, incident);
      const updateDue = nextUpdateDue(incident);
      return (
        <Notice tone="good" title={isYou ? 'You have it' : `${nameOf(by, names)} has it`}>
          <p>
            Acknowledged by <Who actor={by} />
            {since === null ? null : (
              <>
                , <Time at={since} />
              </>
            )}
            .{isYou ? '' : faster(view, by, nameOf(by, names))}
          </p>
          {incident.snoozedUntil === null ? null : (
            <p>
              Paging is snoozed until <Time at={incident.snoozedUntil} />; then it starts again.
            </p>
          )}
          {roles.length === 0 ? null : <p className="small">Nobody is {roles.join(', ')} yet.</p>}
          {updateDue === null ? null : (
            <p className="small">
              The next update is due <Time at={updateDue} />.
            </p>
          )}
          {incident.ackExpiresAt === null || incident.snoozedUntil !== null ? null : (
            <p className="small">
              Without an update from {isYou ? 'you' : 'them'}, paging starts again{' '}
              <Time at={incident.ackExpiresAt} />.
            </p>
          )}
        </Notice>
      );
    }
    case 'resolved':
      return (
        <Notice tone="good" title={`${incident.number} is resolved`}>
          <p>
            By <Who actor={incident.resolvedBy ?? 'tocsin'} />
            {incident.resolvedAt === null ? null : (
              <>
                , <Time at={incident.resolvedAt} />
              </>
            )}
            . No answer is needed any more.
          </p>
        </Notice>
      );
    case 'closed':
      return (
        <Notice tone="info" title={`${incident.number} is closed`}>
          <p>{incident.closedAt === null ? null : <Time at={incident.closedAt} />}</p>
        </Notice>
      );
  }
}

/** Title of an incident that no one has acknowledged; a reassignment may have named a person. */
function openTitle({ incident, person }: PageLinkView['link'], names: PageLinkView['names']): string {
  const named = incident.escalations.flatMap((escalation) => escalation.named ?? []);
  if (named.length === 0) return 'Nobody has acknowledged yet';
  return named.includes(person.name)
    ? 'You are asked to take it'
    : `${named.map((one) => nameOf(one, names)).join(' and ')} is asked to take it`;
}

/** "Bo was 12 s faster": shown to a person who acknowledged after another. */
function faster({ link: { person }, answers }: PageLinkView, by: string, name: string): string {
  const mine = acknowledgedAt(answers, person.name);
  const theirs = acknowledgedAt(answers, by);
  if (mine === null || theirs === null) return '';
  const ms = Date.parse(mine) - Date.parse(theirs);
  return ms >= 0 ? ` ${name} was ${ms < 1000 ? 'a moment' : lengthText(ms)} faster; you are on it too.` : '';
}
