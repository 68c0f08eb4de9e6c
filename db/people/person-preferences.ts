/** Personal notification rules and quiet hours, set by people themselves. */
import type { DataSource } from 'typeorm';
import type { Urgency } from '../../domain/config/terms.js';
import type { PersonalRule } from '../../domain/people/person-spec.js';
import type { Actor } from '../../domain/incident/state.js';
import { refuse } from '../../domain/oncall/decide-override.js';
import { effectivePerson } from '../../domain/people/effective-person.js';
import type { QuietHours } from '../../domain/people/quiet-hours.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import type { ContactOutcome } from './contact-store.js';
import { type LiveChange, liveChange } from '../config/live-change.js';

export type PersonalRules = Record<Urgency, PersonalRule[]>;

export class PersonPreferences {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  /**
   * Null restores the rules of the document. Refuses a rule for an unknown contact, because it would reach nobody.
   */
  setRules(person: string, rules: PersonalRules | null, actor: Actor): Promise<ContactOutcome> {
    return this.change(person, async (change): Promise<ContactOutcome> => {
      const { tx, snapshot, spec } = change;
      const own: { name: string }[] = await tx.query(
        'SELECT name FROM contact WHERE person = $1 AND removed_at IS NULL',
        [person],
      );
      const effective = effectivePerson(snapshot, person)?.contacts ?? [];
      const known = new Set([...effective, ...own, ...spec.contacts].map(({ name }) => name));
      for (const urgency of ['high', 'low'] as const) {
        const index = (rules?.[urgency] ?? []).findIndex(({ contact }) => !known.has(contact));
        const unknown = rules?.[urgency][index]?.contact;
        if (unknown !== undefined)
          return refuse(
            'unknown_contact',
            `No contact is called "${unknown}"; there ${known.size === 0 ? 'is none' : `are ${[...known].join(', ')}`}.`,
            `${urgency}[${index}].contact`,
          );
      }
      await prefer(change, person, 'rules', rules, actor);
      await change.changed('person.rules', actor, { rules });
      return { kind: 'accepted' };
    });
  }

  setQuietHours(person: string, quietHours: QuietHours | null, actor: Actor): Promise<ContactOutcome> {
    return this.change(person, async (change) => {
      await prefer(change, person, 'quiet_hours', quietHours, actor);
      await change.changed('person.quiet_hours', actor, { quietHours });
      return { kind: 'accepted' };
    });
  }

  private async change(
    name: string,
    work: (change: LiveChange<'Person'>) => Promise<ContactOutcome>,
  ): Promise<ContactOutcome> {
    return (
      (await liveChange(this.dataSource, this.snapshots, { kind: 'Person', name }, work)) ?? {
        kind: 'not_found',
      }
    );
  }
}

async function prefer(
  { tx }: LiveChange<'Person'>,
  person: string,
  column: 'rules' | 'quiet_hours',
  value: object | null,
  actor: Actor,
): Promise<void> {
  await tx.query(
    `INSERT INTO person_preference (person, ${column}, updated_by, updated_at) VALUES ($1, $2, $3, tocsin_now())
     ON CONFLICT (person) DO UPDATE SET ${column} = excluded.${column}, updated_by = excluded.updated_by, updated_at = excluded.updated_at`,
    [person, value === null ? null : JSON.stringify(value), actor],
  );
}
