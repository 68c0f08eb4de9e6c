/** Head of an incident's page: what it is, who has it, since when, and what is particular about it. */
import type { ReactNode } from 'react';
import type { Answers, IncidentDetail } from '../../../services/incident/incident-queries.service.js';
import { Facts } from '../../ui/fields.js';
import { exhaustedText, IncidentTags } from '../../ui/incident-parts.js';
import { Notice } from '../../ui/notice.js';
import { SafeLink } from '../../ui/safe-link.js';
import { Time } from '../../ui/time.js';
import { Named, Who } from '../../ui/viewer.js';

/** The acknowledgement that holds; without one, the time of the first acknowledgement. */
function holding(incident: IncidentDetail, answers: Answers): readonly [string, ReactNode] | null {
  const { acknowledgedAt, acknowledgedBy, status } = incident;
  if (acknowledgedAt === null) return null;
  if (status === 'triggered') return ['First acknowledged', <Time key="acknowledged" at={acknowledgedAt} />];
  const by = acknowledgedBy ?? 'tocsin';
  const answer = answers.get(by)?.answer;
  return [
    'Acknowledged',
    <span key="acknowledged">
      <Time at={answer?.kind === 'acknowledged' ? answer.at : acknowledgedAt} />, <Who actor={by} />
    </span>,
  ];
}

/** The update that the plan asks of the commander. */
function nextUpdate({ nextUpdateDue }: IncidentDetail): readonly [string, ReactNode] | null {
  return nextUpdateDue === null ? null : ['Next update due', <Time key="update" at={nextUpdateDue} />];
}

export function IncidentHeader({ incident, answers }: { incident: IncidentDetail; answers: Answers }) {
  const otherRoles = Object.entries(incident.roles).filter(([role]) => role !== 'commander');
  return (
    <div className={`card edge ${incident.status}`}>
      <IncidentTags incident={incident} />
      <h1>
        <bdi>{incident.title}</bdi>
      </h1>
      {incident.escalation.exhausted ? (
        <Notice tone="bad" title={exhaustedText(incident)}>
          <p>Call a colleague, or acknowledge it yourself.</p>
        </Notice>
      ) : null}
      {incident.resolutionProposed ? (
        <Notice tone="info" title="All alerts are closed. Resolve it?">
          <p>
            Nobody is paged while no alert fires. It is resolved automatically
            {incident.resolvesAt === null ? null : (
              <>
                {' '}
                at <Time at={incident.resolvesAt} />
              </>
            )}{' '}
            unless somebody acts before.
          </p>
        </Notice>
      ) : null}
      {incident.mergedInto === null ? null : <Notice tone="info" title="Merged into another incident" />}
      <Facts
        wide
        items={[
          [
            'Priority',
            <span key="why">
              {incident.priority}
              {incident.priorityReasons.length === 0 ? '' : `: ${incident.priorityReasons.join('; ')}`}
            </span>,
          ],
          [
            'Service',
            incident.service === null ? (
              'unknown'
            ) : (
              <Named key="service" kind="Service" name={incident.service} />
            ),
          ],
          ['Team', <Named key="team" kind="Team" name={incident.team} />],
          [
            'Commander',
            incident.commander === null ? 'nobody yet' : <Who key="commander" actor={incident.commander} />,
          ],
          ...otherRoles.map(([role, person]) => [role, <Who key={role} actor={person} />] as const),
          ...incident.openRoles
            .filter((role) => role !== 'commander')
            .map((role) => [role, 'nobody yet'] as const),
          ['Began', <Time key="began" at={incident.createdAt} />],
          holding(incident, answers),
          incident.ackExpiresAt === null
            ? null
            : ['Acknowledgement expires', <Time key="expires" at={incident.ackExpiresAt} />],
          nextUpdate(incident),
          incident.snoozedUntil === null
            ? null
            : ['Snoozed until', <Time key="snoozed" at={incident.snoozedUntil} />],
          incident.resolvedAt === null
            ? null
            : [
                'Resolved',
                <span key="resolved">
                  <Time at={incident.resolvedAt} />, <Who actor={incident.resolvedBy ?? 'tocsin'} />
                </span>,
              ],
          incident.closedAt === null ? null : ['Closed', <Time key="closed" at={incident.closedAt} />],
          incident.links.length === 0
            ? null
            : [
                'Links',
                <span key="links" className="row">
                  {incident.links.map(({ title, url }) => (
                    <SafeLink key={url} url={url}>
                      {title}
                    </SafeLink>
                  ))}
                </span>,
              ],
        ]}
      />
      {incident.bridge === null || incident.status === 'closed' ? null : (
        <p>
          <SafeLink url={incident.bridge} className="btn">
            Join the bridge
          </SafeLink>
        </p>
      )}
    </div>
  );
}
