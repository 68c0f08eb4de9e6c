/** Credential → identity: bearer key, admin token or session cookie. Every invalid credential gives the same null. */
import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config/environment.js';
import { sameSecret } from '../../shared/keys.js';
import type { AccessStore } from '../../db/access/access-store.js';
import type { SessionStore } from '../../db/access/session-store.js';
import type { Identity } from '../../services/common/identity.js';
import type { Presented } from '../limits/limits.js';
import { cookieName, readCookie } from './cookies.js';

export interface Authenticated {
  identity: Identity;
  /** True for the session cookie: browsers send it on their own, so a change needs proof of its origin. */
  byCookie: boolean;
}

export class Authenticator {
  private readonly cookie: string;

  constructor(
    private readonly config: Pick<Config, 'adminToken' | 'publicUrl'>,
    private readonly access: AccessStore,
    private readonly sessions: SessionStore,
  ) {
    this.cookie = cookieName(config);
  }

  async authenticate(request: Pick<FastifyRequest, 'headers'>): Promise<Authenticated | null> {
    const { authorization, cookie } = request.headers;
    if (authorization !== undefined) {
      const identity = await this.bearer(authorization);
      return identity === null ? null : { identity, byCookie: false };
    }
    const token = readCookie(cookie, this.cookie);
    const found = token === null ? null : await this.sessions.personOf(token);
    if (found === null) return null;
    const { person, role, session } = found;
    return { identity: { kind: 'person', actor: person, person, role, session, team: null }, byCookie: true };
  }

  /** The credential that would be looked up for this request; null when no look-up would happen. */
  presented({ headers: { authorization, cookie } }: Pick<FastifyRequest, 'headers'>): Presented | null {
    if (authorization === undefined) {
      const token = readCookie(cookie, this.cookie);
      return token === null ? null : { kind: 'session', token };
    }
    const { adminToken } = this.config;
    const token = bearerOf(authorization) ?? '';
    if (adminToken !== null && sameSecret(token, adminToken)) return null;
    return { kind: 'key', token: /^tocsin_[0-9a-f]{18}_([A-Za-z0-9_-]{43})$/.exec(token)?.[1] ?? '' };
  }

  private async bearer(authorization: string): Promise<Identity | null> {
    const token = bearerOf(authorization);
    if (token === undefined) return null;
    const { adminToken } = this.config;
    if (adminToken !== null && sameSecret(token, adminToken)) {
      return { kind: 'admin-token', actor: 'admin-token', person: null, role: 'admin', team: null };
    }
    const key = await this.access.findKey(token);
    return key === null
      ? null
      : { kind: 'key', actor: `key:${key.id}`, person: null, role: key.role, team: key.team };
  }
}

const bearerOf = (authorization: string): string | undefined => /^Bearer +(\S+)$/i.exec(authorization)?.[1];
