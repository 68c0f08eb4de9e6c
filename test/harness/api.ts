/** The public HTTP API, called like a script would. */
import type { z } from 'zod';
import { signIn } from './session.js';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed when it is JSON, else null. */
  json: unknown;
}

export interface CallOptions {
  /** Default the admin token; null sends none. */
  token?: string | null;
  /** Calls with a session of this person, like one of the api's own pages. */
  as?: string;
  headers?: Record<string, string>;
}

export interface Api {
  readonly adminToken: string;
  /**
   * Returns any response; a string body is sent as it is (YAML unless `headers` say otherwise), anything else as
   * JSON.
   */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** The body of a 2xx response, parsed by its contract. */
  ask<T>(
    schema: z.ZodType<T>,
    method: string,
    path: string,
    body?: unknown,
    options?: CallOptions,
  ): Promise<T>;
}

export function createApi(url: string, adminToken: string): Api {
  const sessions = new Map<string, Promise<string>>();
  const cookieOf = (person: string): Promise<string> => {
    const known = sessions.get(person) ?? signIn(api, person);
    sessions.set(person, known);
    known.catch(() => sessions.delete(person));
    return known;
  };
  const call: Api['call'] = async (method, path, body, { as, token = adminToken, headers = {} } = {}) => {
    const isText = typeof body === 'string';
    const wasSignedIn = as !== undefined && sessions.has(as);
    const response = await fetch(new URL(path, url), {
      method,
      redirect: 'manual',
      headers: {
        ...(as !== undefined
          ? { cookie: await cookieOf(as), origin: new URL(url).origin }
          : token === null
            ? {}
            : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': isText ? 'text/yaml' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    });
    // A restored database has lost its sessions.
    if (response.status === 401 && wasSignedIn && sessions.delete(as))
      return call(method, path, body, { as, token, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  };
  const api: Api = {
    adminToken,
    call,
    async ask(schema, method, path, body, options) {
      const { status, json, text } = await call(method, path, body, options);
      if (status < 200 || status > 299) throw new Error(`${method} ${path} answered ${status}: ${text}`);
      return schema.parse(json);
    },
  };
  return api;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
