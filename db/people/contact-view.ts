/** Contacts and notification rules of people, with the status of each contact. */
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { effectivePerson } from '../../domain/people/effective-person.js';
import {
  type ContactState,
  type ReadinessIssue,
  readinessIssues,
} from '../../domain/people/readiness-issues.js';
import type { PersonSpec } from '../../domain/people/person-spec.js';
import type { QuietHours } from '../../domain/people/quiet-hours.js';
import { databaseTime } from '../connection/database-time.js';
import type { Querying } from '../connection/querying.js';

export interface Reachability {
  name: string;
  spec: PersonSpec;
  contacts: ContactState[];
  /** The rules in force. */
  rules: PersonSpec['rules'];
  /** True when the rules are the person's own, not the document's. */
  hasOwnRules: boolean;
  quietHours: QuietHours | null;
  issues: ReadinessIssue[];
}

interface OwnRow {
  person: string;
  name: string;
  channel: string;
  address: string;
  verified: boolean;
}
interface StatusRow {
  person: string;
  contact: string;
  address: string;
  dead_at: Date | null;
  dead_reason: string | null;
  last_reached_at: Date | null;
}
interface TestRow {
  person: string;
  contact: string;
  address: string;
  state: 'planned' | 'sending' | 'accepted' | 'failed';
  held: string | null;
  error: string | null;
  created_at: Date;
  sent_at: Date | null;
  confirmed_at: Date | null;
}

/**
 * One person, or everybody, by name. `missing`: channels that this installation cannot use, with the reason for each.
 */
export async function readReachability(
  tx: Querying,
  snapshot: ConfigSnapshot,
  { only = null, missing = new Map() }: { only?: string | null; missing?: ReadonlyMap<string, string> } = {},
): Promise<Reachability[]> {
  const own: OwnRow[] = await tx.query(
    `SELECT person, name, channel, address, verified_at IS NOT NULL AS verified FROM contact
      WHERE removed_at IS NULL AND ($1::text IS NULL OR person = $1) ORDER BY created_at, name`,
    [only],
  );
  const statuses: StatusRow[] = await tx.query(
    `SELECT * FROM contact_status WHERE $1::text IS NULL OR person = $1`,
    [only],
  );
  const tests: TestRow[] = await tx.query(
    `SELECT DISTINCT ON (person, contact, address) person, contact, address, state, held, error, created_at, sent_at, confirmed_at
       FROM contact_message WHERE kind = 'test' AND ($1::text IS NULL OR person = $1)
      ORDER BY person, contact, address, created_at DESC`,
    [only],
  );
  const now = await databaseTime(tx);
  const statusOf = new Map(statuses.map((one) => [keyOf(one.person, one.contact, one.address), one]));
  const testOf = new Map(tests.map((one) => [keyOf(one.person, one.contact, one.address), one]));
  const stateOf = (
    person: string,
    { name, channel, address }: Pick<OwnRow, 'name' | 'channel' | 'address'>,
    source: ContactState['source'],
    verified: boolean,
  ): ContactState => {
    const status = statusOf.get(keyOf(person, name, address));
    const test = testOf.get(keyOf(person, name, address));
    return {
      name,
      channel,
      address,
      source,
      verified,
      deadAt: status?.dead_at?.toISOString() ?? null,
      deadReason: status?.dead_reason ?? null,
      lastReachedAt: status?.last_reached_at?.toISOString() ?? null,
      test: test === undefined ? null : shownTest(test),
    };
  };
  return snapshot
    .list('Person')
    .filter(({ name }) => only === null || name === only)
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ name, spec }) => {
      const effective = effectivePerson(snapshot, name) ?? spec;
      const mine = own.filter(({ person }) => person === name);
      const replaced = new Set(mine.filter(({ verified }) => verified).map((one) => one.name));
      const contacts = [
        ...spec.contacts
          .filter((contact) => !replaced.has(contact.name))
          .map((contact) => stateOf(name, contact, 'document', true)),
        ...mine.map((contact) => stateOf(name, contact, 'own', contact.verified)),
      ];
      return {
        name,
        spec,
        contacts,
        rules: effective.rules,
        hasOwnRules: (snapshot.live.people.get(name)?.rules ?? null) !== null,
        quietHours: snapshot.live.people.get(name)?.quietHours ?? null,
        issues: readinessIssues(contacts, effective.rules, now, missing),
      };
    });
}

const keyOf = (...parts: string[]): string => JSON.stringify(parts);

const shownTest = (row: TestRow): ContactState['test'] => ({
  state: row.state,
  held: row.held,
  error: row.error,
  requestedAt: row.created_at.toISOString(),
  sentAt: row.sent_at?.toISOString() ?? null,
  confirmedAt: row.confirmed_at?.toISOString() ?? null,
});
