/** Contacts, rules and quiet hours of people: shown to everybody with masked addresses; changed by the person and by admins. */
import { PersonErasure } from '../../db/people/erase-person.js';
import { PersonPreferences } from '../../db/people/person-preferences.js';
import { ContactStore } from '../../db/people/contact-store.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { DataSource } from 'typeorm';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config/environment.js';
import { missingChannels } from '../../config/missing-channels.js';
import type { ContactBody, PersonReply } from '../../contracts/api/people.js';
import type { ContactOutcome } from '../../db/people/contact-store.js';
import type { ErasablePerson } from '../../db/people/erase-person.js';
import { type Reachability, readReachability } from '../../db/people/contact-view.js';
import { mayDo } from '../../domain/access/permissions.js';
import type { PersonSpec } from '../../domain/people/person-spec.js';
import { maskAddress } from '../../domain/people/mask-address.js';
import { truncateList } from '../../domain/shared/truncate-list.js';
import type { ReadinessIssue } from '../../domain/people/readiness-issues.js';
import type { QuietHours } from '../../domain/people/quiet-hours.js';
import type { Identity } from '../common/identity.js';
import { forbidden, invalid, notFound, Problem } from '../common/problem.js';
import { CONFIG } from '../common/tokens.js';
import { OncallService } from '../oncall/oncall.service.js';

export type { ErasablePerson } from '../../db/people/erase-person.js';

export interface ReachabilityRow {
  name: string;
  displayName: string;
  onCall: boolean;
  lastReachedAt: string | null;
  issues: ReadinessIssue[];
}

/** Codes for 429; other refusals are conflicts. */
const TOO_MANY = new Set(['too_soon', 'too_many_messages']);

@Injectable()
export class PeopleService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly contacts: ContactStore,
    private readonly preferences: PersonPreferences,
    private readonly erasure: PersonErasure,
    @Inject(CONFIG) private readonly config: Config,
    private readonly oncall: OncallService,
  ) {}

  async list(identity: Identity): Promise<PersonReply[]> {
    return (await this.read(null)).map((person) => shown(person, identity));
  }

  async person(name: string, identity: Identity): Promise<PersonReply> {
    const [person] = await this.read(name);
    if (person === undefined) throw nobody(name);
    return shown(person, identity);
  }

  async reachability(): Promise<ReachabilityRow[]> {
    const onCall = new Set((await this.oncall.now({})).map(({ person }) => person));
    return (await this.read(null)).map(({ name, spec, contacts, issues }) => ({
      name,
      displayName: spec.displayName,
      onCall: onCall.has(name),
      lastReachedAt:
        contacts
          .flatMap(({ lastReachedAt }) => lastReachedAt ?? [])
          .toSorted()
          .at(-1) ?? null,
      issues: issues.map(withoutReason),
    }));
  }

  add(name: string, body: ContactBody, identity: Identity): Promise<PersonReply> {
    refuseKey(identity);
    const { secret = null, ...contact } = body;
    return this.change(name, identity, () => {
      const why = this.missing().get(contact.channel);
      if (why !== undefined) {
        const message = `${contact.channel} is not set up here: ${why}`;
        throw invalid(message, [{ path: 'channel', message }]);
      }
      this.refuseUnlisted(contact.channel);
      return this.contacts.add(name, { ...contact, secret }, identity.actor);
    });
  }

  sendCode(name: string, contact: string, identity: Identity): Promise<PersonReply> {
    refuseKey(identity);
    return this.change(name, identity, async () => {
      const [person] = await this.read(name);
      this.refuseUnlisted(person?.contacts.find((one) => one.name === contact)?.channel);
      return this.contacts.sendCode(name, contact, identity.actor);
    });
  }

  /** A code goes to any typed number, so it needs the list of countries that may cost money. */
  private refuseUnlisted(channel: string | undefined): void {
    if ((channel !== 'sms' && channel !== 'voice') || this.config.channels.phone.countries.length > 0) return;
    const message =
      'no code is sent to a phone number until TOCSIN_PHONE_COUNTRIES lists the countries that may be texted and called, for example DE,FR';
    throw invalid(message, [{ path: 'channel', message }]);
  }

  verify(name: string, contact: string, code: string, identity: Identity): Promise<PersonReply> {
    refuseKey(identity);
    return this.change(name, identity, () => this.contacts.verify(name, contact, code, identity.actor));
  }

  remove(name: string, contact: string, identity: Identity): Promise<PersonReply> {
    return this.change(name, identity, () => this.contacts.remove(name, contact, identity.actor));
  }

  setRules(name: string, rules: PersonSpec['rules'] | null, identity: Identity): Promise<PersonReply> {
    return this.change(name, identity, () => this.preferences.setRules(name, rules, identity.actor));
  }

  setQuietHours(name: string, quiet: QuietHours | null, identity: Identity): Promise<PersonReply> {
    return this.change(name, identity, () => this.preferences.setQuietHours(name, quiet, identity.actor));
  }

  testPage(name: string, contact: string | null, identity: Identity): Promise<PersonReply> {
    return this.change(name, identity, () => this.contacts.testPage(name, contact, identity.actor));
  }

  async erase(name: string, identity: Identity): Promise<{ name: string; displayName: string }> {
    const outcome = await this.erasure.erase(name, identity.actor);
    if (outcome.kind === 'not_found') throw nobody(name);
    if (outcome.kind === 'refused')
      throw new Problem(409, 'in_use', `Nothing was erased: ${name} ${truncateList(outcome.obstacles)}.`, {
        errors: outcome.obstacles.map((message) => ({ path: 'name', message })),
      });
    return { name, displayName: outcome.displayName };
  }

  /** Deleted people who are still named in the record, and erased people. */
  deleted(): Promise<Omit<ErasablePerson, 'obstacles'>[]> {
    return this.erasure.deleted();
  }

  async erasable(name: string): Promise<ErasablePerson> {
    const person = await this.erasure.look(name);
    if (person === null) throw nobody(name);
    return person;
  }

  private async change(
    name: string,
    identity: Identity,
    work: () => Promise<ContactOutcome>,
  ): Promise<PersonReply> {
    if (!isOwnOrManaged(name, identity))
      throw forbidden(
        `Only ${name.slice(0, 63)} or an admin may change how ${name.slice(0, 63)} is reached.`,
      );
    const outcome = await work();
    switch (outcome.kind) {
      case 'not_found':
        throw notFound(`There is no such person or contact.`);
      case 'refused': {
        const { code, detail, path } = outcome;
        if (path !== undefined) throw invalid(detail, [{ path, message: detail }]);
        throw new Problem(TOO_MANY.has(code) ? 429 : 409, code, detail);
      }
      case 'accepted': {
        const { leftOut } = outcome;
        const person = await this.person(name, identity);
        return leftOut === undefined ? person : { ...person, leftOut };
      }
    }
  }

  /** Channels that are not set up here, each with the reason. */
  missing(): ReadonlyMap<string, string> {
    return missingChannels(this.config);
  }

  private async read(name: string | null): Promise<Reachability[]> {
    const { dataSource, snapshots } = this;
    return readReachability(dataSource.manager, await snapshots.latest(dataSource.manager), {
      only: name,
      missing: this.missing(),
    });
  }
}

const nobody = (name: string): Problem => notFound(`There is no person ${name.slice(0, 63)}.`);

/** A contact receives the person's messages and can answer for the person, so an API key may not add or verify one. */
function refuseKey({ kind }: Identity): void {
  if (kind === 'key')
    throw forbidden(
      'An API key adds and proves no contact of a person: they do themselves, or an admin, signed in.',
    );
}

const isOwnOrManaged = (name: string, { person, role }: Identity): boolean =>
  person === name || mayDo(role, 'people.manage');

function shown(
  { name, spec, contacts, rules, hasOwnRules, quietHours, issues }: Reachability,
  identity: Identity,
): PersonReply {
  const isOpen = isOwnOrManaged(name, identity);
  return {
    name,
    displayName: spec.displayName,
    role: spec.role,
    timezone: spec.timezone,
    contacts: contacts.map((contact) => ({
      ...contact,
      address: isOpen ? contact.address : maskAddress(contact.channel, contact.address),
      // A provider's error may contain the address.
      deadReason: isOpen || contact.deadReason === null ? contact.deadReason : 'reported by the provider',
      test:
        isOpen || contact.test === null || contact.test.error === null
          ? contact.test
          : { ...contact.test, error: 'it could not be sent' },
    })),
    rules,
    rulesFrom: hasOwnRules ? 'own' : 'document',
    quietHours,
    issues: isOpen ? issues : issues.map(withoutReason),
  };
}

const withoutReason = (issue: ReadinessIssue): ReadinessIssue =>
  issue.kind === 'dead'
    ? { ...issue, text: `"${issue.contact ?? ''}" is dead: reported by the provider` }
    : issue;
