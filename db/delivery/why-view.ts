/**
 * Explains why a person was, or was not, paged for an incident: reads events and ledger rows,
 * `domain/delivery/explain` words them.
 */
import {
  explain,
  type Explanation,
  type ExplainInput,
  type ExplainedDelivery,
} from '../../domain/delivery/explain.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import {
  documentsNamed,
  marked,
  type NameOf,
  namesFrom,
  spoken,
  withNamesMarked,
} from '../../domain/people/spoken.js';
import { getNames } from '../people/names-view.js';
import { readEvents } from '../incident/record.js';
import type { Querying } from '../connection/querying.js';

type Row = Omit<ExplainedDelivery, 'createdAt' | 'dueAt' | 'attempts'> & {
  person: string;
  createdAt: Date;
  dueAt: Date | null;
  attempts: ExplainedDelivery['attempts'] | null;
};

export interface Why extends Explanation {
  person: string;
}

/** For the given people, in that order; `null` means everybody named by a row or a step. */
export async function getWhy(
  db: Querying,
  incidentId: string,
  people: readonly string[] | null,
  snapshot: ConfigSnapshot,
): Promise<Why[]> {
  const events = await readEvents(db, incidentId, 0);
  const rows: Row[] = await db.query(
    `SELECT d.person, d.type, d.contact, d.channel, d.escalation, d.cycle, d.step, d.state, d.reason, d.sent_in_bundle AS "isSentInBundle", d.held, d.receipt,
            d.subject->>'because' AS because, d.subject->>'fallback' AS fallback, d.created_at AS "createdAt", d.due_at AS "dueAt",
            (SELECT jsonb_agg(jsonb_build_object('at', a.at, 'outcome', a.outcome, 'provider', a.provider, 'error', a.error,
                     'possibleDuplicate', a.possible_duplicate) ORDER BY a.n)
               FROM delivery_attempt a WHERE a.delivery_id = d.id) AS attempts
       FROM delivery d WHERE d.incident_id = $1 AND d.type NOT IN ('incident.event', 'page.updated') AND ($2::text[] IS NULL OR d.person = ANY ($2))
      ORDER BY d.created_at, d.id LIMIT 1000`,
    [incidentId, people],
  );
  const named = events.flatMap((event) => (event.kind === 'paged' ? event.data.people : []));
  const wanted = people ?? [...new Set([...named, ...rows.map(({ person }) => person)])];
  const nameOf = namesFrom(await getNames(db, documentsNamed(events)));
  const marks = events.map(withNamesMarked);
  return wanted.map((person) => ({
    person,
    ...explained(nameOf, {
      person: marked(person),
      events: marks,
      rows: rows.filter((row) => row.person === person).map(toExplained),
      unused: (snapshot.live.people.get(person)?.unusable ?? []).map(
        (contact) => `${contact} cannot be used (not verified, or disabled)`,
      ),
    }),
  }));
}

const explained = (nameOf: NameOf, input: ExplainInput): Explanation => {
  const { verdict, summary, sentences } = explain(input);
  return {
    verdict,
    summary: spoken(summary, nameOf),
    sentences: sentences.map(({ at, text }) => ({ at, text: spoken(text, nameOf) })),
  };
};

const toExplained = ({ person: _person, attempts, createdAt, dueAt, ...row }: Row): ExplainedDelivery => ({
  ...row,
  createdAt: createdAt.toISOString(),
  dueAt: dueAt?.toISOString() ?? null,
  attempts: (attempts ?? []).map((attempt) => ({ ...attempt, at: new Date(attempt.at).toISOString() })),
});
