/** Types of Fastify's route config as our routes declare it, and of a request once it is authorised. */
import type { Identity } from '../services/common/identity.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the authorisation hook when the request carries a valid credential. */
    identity: Identity | null;
  }

  interface FastifyContextConfig {
    permission?: import('../domain/access/permissions.js').Permission | 'public' | 'session';
    /** Reader of the body, whatever its content type; default `json`. */
    body?: 'json' | 'raw' | 'form';
    /** HTML for people: a 401 redirects to the sign-in page, problems are pages. */
    page?: boolean;
    /** Largest body in bytes; default by its kind (`body-limits.ts`). */
    bodyLimit?: number;
    /** Most fields of a form; default `FORM_FIELDS_MAX`. */
    formFields?: number;
    /** Finds the team for keys of one team; when left out, such keys are refused. */
    teamKeys?: import('../services/access/team-keys.js').TeamKeys;
    /** The path holds a token of this kind; it is looked up first and has a rate limit of its own. */
    token?: import('../db/access/known-tokens.js').TokenKind;
    summary?: string;
    tag?: string;
    reply?: unknown;
    status?: number;
    bodySchema?: unknown;
    querySchema?: unknown;
    bodyTypes?: string[];
    /** Example of a raw body, for OpenAPI and the page of routes. */
    bodyExample?: unknown;
    /** True when the route reads an `Idempotency-Key`. */
    idempotent?: boolean;
    replyType?: string;
  }
}
