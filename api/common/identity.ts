/** Who asks, as the session or key says; never taken from a header or body of the request. */
import type { Role } from '../../domain/config/specs.js';
import type { Actor } from '../../domain/incident/state.js';

export interface Identity {
  kind: 'person' | 'key' | 'admin-token';
  actor: Actor;
  /** The person's name, or null for keys. */
  person: string | null;
  role: Role;
  /** Of a signed-in person. */
  session?: string;
  /** The only team that a key is for; null: the whole organisation. */
  team: string | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the authorisation hook when the request carries a valid credential. */
    identity: Identity | null;
  }

  interface FastifyContextConfig {
    permission?: import('../../domain/access/permissions.js').Permission | 'public' | 'session';
    /** How the body is read, whatever its content type says; `json` when left out. */
    body?: 'json' | 'raw' | 'form';
    /** HTML for people: 401 redirects to the sign-in page, problems are pages. */
    page?: boolean;
    /** The largest body in bytes; else that of its kind (`body-limits.ts`). */
    bodyLimit?: number;
    /** Fields of the largest form; else `FORM_FIELDS_MAX`. */
    formFields?: number;
    /** How the team is found that keys of one team are held to; left out: such keys are refused. */
    teamKeys?: import('../auth/team-wall.js').TeamKeys;
    /** The address holds a token of this kind: looked up before anything else, and with a limit of its own. */
    token?: import('../../db/known-tokens.js').TokenKind;
    summary?: string;
    tag?: string;
    reply?: unknown;
    status?: number;
    bodySchema?: unknown;
    querySchema?: unknown;
    bodyTypes?: string[];
    /** What a raw body may look like, for OpenAPI and the page of routes. */
    bodyExample?: unknown;
    /** Takes an `Idempotency-Key`. */
    idempotent?: boolean;
    replyType?: string;
  }
}
