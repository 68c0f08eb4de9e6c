/**
 * One-time links: for the first admin, and to sign a person in. Showing a link changes nothing; redeeming uses it up in the
 * transaction that opens the session (docs/security.md S8, S12).
 */
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Config } from '../../config/environment.js';
import { signInToken, tokenHash } from '../../shared/keys.js';
import { databaseTime } from '../../db/connection/database-time.js';
import { AccessStore, type OneTimeLink } from '../../db/access/access-store.js';
import { erasedAmong } from '../../db/people/erase-person.js';
import { SessionStore } from '../../db/access/session-store.js';
import { ConfigStore } from '../../db/config/config-store.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { PersonSpec } from '../../domain/people/person-spec.js';
import type { Actor } from '../../domain/incident/state.js';
import type { Identity } from '../common/identity.js';
import { forbidden, Problem } from '../common/problem.js';
import { CONFIG } from '../common/tokens.js';

export type { OneTimeLink } from '../../db/access/access-store.js';

const FIRST_ADMIN_LIFE = '24 hours';
const SIGN_IN_LIFE = '15 minutes';

export interface NewAdmin {
  /** Slug; the person's name in documents and in the record. */
  name: string;
  email: string;
  displayName: string;
  timezone?: string;
}

export interface SignedIn {
  person: string;
  /** Value for `sessionCookie`. */
  session: string;
}

@Injectable()
export class SetupService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly access: AccessStore,
    private readonly sessions: SessionStore,
    private readonly configs: ConfigStore,
  ) {}

  /**
   * Called at the start: the address of a one-time link while there is no admin, else null. The token is derived from the root
   * key, so several processes, and later starts, print the same link while it is valid.
   */
  async firstAdminLink(): Promise<string | null> {
    return this.configs.change(async (tx) => {
      if (await this.access.hasAdmin(tx)) return null;
      const tokenOf = (madeAt: string): string => signInToken(this.config.secretKey, `first-admin/${madeAt}`);
      const open = await this.access.openLinks(tx, 'first-admin');
      const known = open.find(({ hash, madeAt }) => tokenHash(tokenOf(madeAt)).equals(hash));
      if (known !== undefined) return this.address(tokenOf(known.madeAt));
      const madeAt = await databaseTime(tx);
      const token = tokenOf(madeAt);
      const made = { purpose: 'first-admin', person: null, life: FIRST_ADMIN_LIFE, actor: 'tocsin' } as const;
      await this.access.createLink(tx, { ...made, token, madeAt });
      return this.address(token);
    });
  }

  /**
   * For automation with the admin token: a link for the first admin, or, when there is an admin, a sign-in link for one
   * (`person`, or the first admin in the order of names).
   */
  async setupLink(actor: Actor, person: string | null): Promise<{ url: string; person: string | null }> {
    return this.configs.change(async (tx, snapshot) => {
      if (!(await this.access.hasAdmin(tx))) {
        const first = { purpose: 'first-admin', person: null, life: FIRST_ADMIN_LIFE, actor } as const;
        return { url: await this.link(tx, first), person: null };
      }
      const admins = snapshot
        .list('Person')
        .filter(({ spec }) => spec.role === 'admin')
        .map(({ name }) => name)
        .toSorted();
      const admin = person ?? admins[0];
      if (admin === undefined || !admins.includes(admin))
        throw new Problem(409, 'not_an_admin', `${admin ?? 'Nobody'} is not an admin.`);
      const again = { purpose: 'sign-in', person: admin, life: FIRST_ADMIN_LIFE, actor } as const;
      return {
        url: await this.link(tx, again),
        person: snapshot.get('Person', admin)?.spec.displayName ?? admin,
      };
    });
  }

  /** Creates a one-time sign-in link for a person. An API key may not: with such links it could act as any person. */
  async signInLink({ kind, actor }: Identity, person: string): Promise<string> {
    if (kind === 'key')
      throw forbidden(
        'An API key is nobody, and makes no links that sign somebody in: an admin does, signed in.',
      );
    return this.configs.change(async (tx, snapshot) => {
      if (snapshot.get('Person', person) === undefined)
        throw new Problem(404, 'not_found', `There is no person ${person}.`);
      return this.link(tx, { purpose: 'sign-in', person, life: SIGN_IN_LIFE, actor });
    });
  }

  /** The link behind a token; null when it was used, has expired or never existed. */
  look(token: string): Promise<OneTimeLink | null> {
    return this.access.findLink(token);
  }

  /** Name of the person whom a link signs in; null when there is no such person any more. */
  async displayName(person: string): Promise<string | null> {
    return (await this.configs.latest()).get('Person', person)?.spec.displayName ?? null;
  }

  /** `admin` is required for a link of the first admin, and ignored for a sign-in link of a named person. */
  async redeem(token: string, admin: NewAdmin | null, client: string | null = null): Promise<SignedIn> {
    return this.configs.change(async (tx, snapshot) => {
      const link = await this.access.takeLink(tx, token);
      if (link === null)
        throw new Problem(
          410,
          'link_used',
          'This link was used, has expired, or was replaced by a newer one. Ask an admin for a new one.',
        );
      const person = link.person ?? (await this.createAdmin(tx, snapshot, admin));
      if (link.person !== null && snapshot.get('Person', link.person) === undefined) {
        throw new Problem(410, 'link_used', `${link.person} is no longer a person here.`);
      }
      return { person, session: await this.sessions.open(tx, person, client) };
    });
  }

  private async createAdmin(
    tx: EntityManager,
    snapshot: ConfigSnapshot,
    admin: NewAdmin | null,
  ): Promise<string> {
    if (admin === null)
      throw new Problem(400, 'admin_required', 'The first admin needs a name, displayName and email.');
    if (await this.access.hasAdmin(tx))
      throw new Problem(409, 'admin_exists', 'There is an admin already; ask them for a sign-in link.');
    const known = snapshot.get('Person', admin.name)?.spec;
    if (known !== undefined)
      throw new Problem(
        409,
        'name_taken',
        `${admin.name} is ${known.displayName} already, with their shifts and contacts; choose another short name.`,
      );
    if ((await erasedAmong(tx, [admin.name])).size > 0)
      throw new Problem(
        409,
        'name_taken',
        `${admin.name} was the short name of a person who was erased, and is still in the record; choose another short name.`,
      );
    const others = snapshot.list('Person').filter(({ name }) => name !== admin.name);
    if (others.some(({ spec }) => spec.email.toLowerCase() === admin.email.toLowerCase())) {
      throw new Problem(409, 'email_taken', `Somebody else has the address ${admin.email}.`);
    }
    const spec: PersonSpec = {
      timezone: admin.timezone ?? 'UTC',
      contacts: [{ name: 'mail', channel: 'email', address: admin.email }],
      rules: {
        high: [{ after: '0s', contact: 'mail' }],
        low: [{ after: '0s', contact: 'mail' }],
      },
      displayName: admin.displayName,
      email: admin.email,
      role: 'admin',
    };
    const writes = [{ kind: 'Person' as const, name: admin.name, spec }];
    await this.configs.write(tx, { writes, keys: [], author: admin.name, managedBy: 'setup' });
    return admin.name;
  }

  private async link(tx: EntityManager, link: Parameters<AccessStore['createLink']>[1]): Promise<string> {
    return this.address(await this.access.createLink(tx, link));
  }

  private address(token: string): string {
    return `${this.config.publicUrl}/setup/${token}`;
  }
}
