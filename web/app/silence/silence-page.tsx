/** One silence: what it mutes, until when, by whom, and the forms that end it or move its end. */
import type { ReactElement } from 'react';
import { mayDo } from '../../../domain/access/permissions.js';
import type { SilenceView } from '../../../services/alert/silences.service.js';
import { Facts, Hidden, SelectField } from '../../ui/fields.js';
import { type Flash, FlashNotice } from '../../ui/notice.js';
import { heldText, SilenceEnd } from '../../ui/silence-list.js';
import { Time } from '../../ui/time.js';
import { titlesOf, Who } from '../../ui/viewer.js';
import { appFrame } from '../app-frame.js';
import type { PageContext } from '../page-contexts.js';
import { LASTS } from './silences-page.js';

export function silencePage(
  context: PageContext,
  { silence, flash }: { silence: SilenceView; flash: Flash | null },
): ReactElement {
  const { incident, teams } = silence;
  const gone =
    silence.owner !== null && context.snapshot.get('Person', silence.owner) === undefined
      ? ' (no longer here: the reminder goes to the team)'
      : '';
  return appFrame(
    context,
    { title: 'Silence', section: 'silences' },
    <>
      <div className="head">
        <h1>{silence.isInForce ? 'Silence in force' : 'Past silence'}</h1>
        <a className="btn" href="/silences">
          All silences
        </a>
      </div>
      <FlashNotice flash={flash} />
      <section className="card" aria-labelledby="what">
        <h2 id="what">What it mutes</h2>
        <Facts
          items={[
            ['Alerts', <bdi key="text">{silence.text}</bdi>],
            [
              'Services',
              teams === null ? 'of every team' : `of ${titlesOf('Team', teams, context.viewing.names)}`,
            ],
            ['Reason', <bdi key="reason">{silence.reason}</bdi>],
            ['End', <SilenceEnd key="end" silence={silence} />],
            [
              'Owner',
              <span key="owner">
                {silence.owner === null ? 'nobody' : <Who actor={silence.owner} />}
                {gone}
              </span>,
            ],
            [
              'Made by',
              <span key="made">
                <Who actor={silence.createdBy} />, <Time at={silence.createdAt} />
              </span>,
            ],
            incident === null
              ? null
              : [
                  'Made from',
                  <a key="incident" href={`/incidents/${incident}`}>
                    {incident}
                  </a>,
                ],
            silence.endedBy === null ? null : ['Ended by', <Who key="ended" actor={silence.endedBy} />],
            silence.isInForce ? ['Now', heldText(silence.held)] : null,
          ]}
        />
      </section>
      {silence.isInForce && mayDo(context.identity.role, 'alerts.silence') ? (
        <section className="card" aria-labelledby="change">
          <h2 id="change">Change its end</h2>
          <form method="post" action={`/silences/${silence.id}/until`}>
            <Hidden fields={{ csrf: context.frame.csrf }} />
            <div className="inline">
              <SelectField name="lasts" label="From now, it lasts" choices={LASTS} value="1h" />
              <button type="submit">Move the end</button>
            </div>
          </form>
          <form method="post" action={`/silences/${silence.id}/end`}>
            <Hidden fields={{ csrf: context.frame.csrf }} />
            <p>
              {silence.held === 0
                ? 'It holds no alert, so ending it pages nobody now.'
                : 'What it holds and still fires pages at once, as one group for each service.'}
            </p>
            <p>
              <button type="submit" className="danger">
                End it now
              </button>
            </p>
          </form>
        </section>
      ) : null}
    </>,
  );
}
