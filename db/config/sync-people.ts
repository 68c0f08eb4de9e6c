/** Consequences of Person and Schedule documents: rows of people, sessions, links, keys, overrides and swap requests. */
import { mayAnswer } from '../../domain/access/permissions.js';
import type { Role } from '../../domain/config/terms.js';
import type { Actor } from '../../domain/incident/state.js';
import type { PersonSpec } from '../../domain/people/person-spec.js';
import { auditInsert } from '../audit/write-audit.js';
import type { ConfigWrite } from './config-write.js';
import type { Querying } from '../connection/querying.js';

export async function syncPeople(tx: Querying, writes: ConfigWrite[]): Promise<void> {
  const people = writes.filter(({ kind }) => kind === 'Person');
  const gone = people.filter(({ spec }) => spec === null).map(({ name }) => name);
  // People who leave or change come first: an address may pass from one person to another in one apply.
  if (gone.length > 0) {
    await tx.query(
      // A later person with the same short name inherits none of these.
      `WITH sessions AS (UPDATE session SET ended_at = tocsin_now() WHERE person = ANY ($1) AND ended_at IS NULL),
       links AS (UPDATE link_token SET revoked_at = tocsin_now() WHERE person = ANY ($1) AND revoked_at IS NULL),
       contacts AS (UPDATE contact SET removed_at = tocsin_now() WHERE person = ANY ($1) AND removed_at IS NULL),
       preferences AS (DELETE FROM person_preference WHERE person = ANY ($1)),
       feeds AS (UPDATE calendar_feed SET revoked_at = tocsin_now(), revoked_by = 'tocsin'
                  WHERE owner = ANY ($1) AND revoked_at IS NULL),
       keys AS (UPDATE api_key SET revoked_at = tocsin_now() WHERE created_by = ANY ($1) AND revoked_at IS NULL RETURNING id),
       audit AS (
         ${auditInsert({
           actor: "'tocsin'",
           action: "'key.revoke'",
           subject: "'key/' || id",
           data: `'{"reason": "its maker was deleted"}'`,
           from: 'FROM keys',
         })})
       UPDATE person SET active = false WHERE name = ANY ($1)`,
      [gone],
    );
  }
  const here = people.flatMap(({ name, spec }) =>
    spec === null ? [] : [{ name, ...personRow(spec as PersonSpec) }],
  );
  if (here.length === 0) return;
  await tx.query(`UPDATE person SET active = false WHERE name = ANY ($1)`, [here.map(({ name }) => name)]);
  await tx.query(
    `WITH wanted AS (
       SELECT * FROM jsonb_to_recordset($1::jsonb) AS p (name text, email text, display_name text, role text, timezone text, answers boolean)),
     -- A changed role requires a new sign-in (docs/security.md, Sessions, OIDC, SCIM).
     ended AS (
       UPDATE session s SET ended_at = tocsin_now() FROM wanted w JOIN person p USING (name)
        WHERE s.person = w.name AND s.ended_at IS NULL AND p.role <> w.role)
     INSERT INTO person (name, email, display_name, role, timezone, active)
     SELECT name, email, display_name, role, timezone, true FROM wanted
     ON CONFLICT (name) DO UPDATE SET
       demoted_at = CASE WHEN (SELECT answers FROM wanted w WHERE w.name = excluded.name) THEN NULL
                         WHEN person.role = ANY ($2) THEN tocsin_now() ELSE person.demoted_at END, email = excluded.email, display_name = excluded.display_name, role = excluded.role,
       timezone = excluded.timezone, active = true`,
    [JSON.stringify(here), ROLES.filter(mayAnswer)],
  );
}

/**
 * Cancels the running and future overrides of people who were removed or may no longer respond: the layers name the
 * person on call again from now on. Withdraws open swap requests from them or to them, and those of deleted
 * schedules.
 */
export async function cancelOverridesOfRemoved(
  tx: Querying,
  writes: readonly ConfigWrite[],
  author: Actor,
): Promise<void> {
  const gone = writes.flatMap(({ kind, name, spec }) =>
    kind === 'Person' && (spec === null || !mayAnswer((spec as PersonSpec).role)) ? [name] : [],
  );
  const schedules = writes.flatMap(({ kind, name, spec }) =>
    kind === 'Schedule' && spec === null ? [name] : [],
  );
  if (gone.length + schedules.length === 0) return;
  await tx.query(
    `WITH ended AS (
       UPDATE schedule_override SET cancelled_by = $3, cancelled_at = tocsin_now()
        WHERE person = ANY ($1) AND cancelled_at IS NULL AND to_at > tocsin_now() RETURNING id, schedule, person),
     withdrawn AS (
       UPDATE swap_request SET state = 'withdrawn', decided_by = $3, decided_at = tocsin_now()
        WHERE state = 'open' AND (requested_by = ANY ($1) OR requested_of = ANY ($1) OR schedule = ANY ($2)))
     ${auditInsert({
       actor: '$3',
       action: "'override.cancel'",
       subject: "'schedule/' || schedule",
       data: "jsonb_build_object('id', id, 'person', person, 'because', 'this person answers no incidents any more')",
       from: 'FROM ended',
     })}`,
    [gone, schedules, author],
  );
}

const ROLES: readonly Role[] = ['admin', 'manager', 'responder', 'stakeholder'];

const personRow = ({ email, displayName, role, timezone }: PersonSpec) => ({
  email,
  display_name: displayName,
  role,
  timezone,
  answers: mayAnswer(role),
});
