/** One request for a page: who asks, what the form says, and the three ways to answer: a page, another address, a refusal. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ReactElement } from 'react';
import { z } from 'zod';
import type { Identity } from '../../services/common/identity.js';
import { unauthenticated } from '../../services/common/problem.js';
import { allOf, fieldOf, wordsOf } from '../ui/form.js';
import { seeOther, sendAppPage } from '../ui/render.js';
import { attempt, type Refusal } from './attempt.js';
import type { PageContext, PageContexts } from './page-contexts.js';

export class PageCall {
  constructor(
    readonly request: FastifyRequest,
    readonly reply: FastifyReply,
    private readonly contexts: PageContexts,
  ) {}

  /** On a public page nobody needs to be signed in, and nothing may ask who calls. */
  get caller(): Identity {
    const { identity } = this.request;
    if (identity === null) throw unauthenticated();
    return identity;
  }

  get body(): unknown {
    return this.request.body;
  }

  /** Text of a field of the form; `''` when it is missing. */
  field(name: string): string {
    return fieldOf(this.body, name);
  }

  /** Trimmed text of a field of the form; null when it is empty. */
  words(name: string): string | null {
    return wordsOf(this.body, name);
  }

  /** Names what a form begins: pressed twice, it begins one. Undefined when the form carries no uuid. */
  formId(): string | undefined {
    return z.guid().safeParse(this.field('idempotencyKey')).data;
  }

  /** The fields as typed, for showing a refused form again; one that was not sent is left out, so that defaults apply. */
  fields(names: readonly string[]): Record<string, string> {
    return Object.fromEntries(
      names.filter((name) => allOf(this.body, name).length > 0).map((name) => [name, this.field(name)]),
    );
  }

  /** A parameter of the address; null when it is missing or repeated. */
  query(name: string): string | null {
    const value = (this.request.query as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : null;
  }

  /** Read anew each time: what a form has changed is on the page that follows. */
  context(): Promise<PageContext> {
    return this.contexts.context(this.request, this.caller);
  }

  /** The page; after a refusal with its status. `policy` is added to the content security policy of a page with a script. */
  show(page: ReactElement, refusal: { status: number } | null = null, policy = ''): Promise<void> {
    return sendAppPage(this.reply, refusal?.status ?? 200, page, policy);
  }

  seeOther(path: string): Promise<void> {
    return seeOther(this.reply, path);
  }

  /** Does what a form asks, then redirects; when it is refused, `again` draws the form with the refusal above it. */
  async submit<T>(
    work: () => Promise<T>,
    then: string | ((value: T) => string),
    again: (refusal: Refusal) => Promise<void>,
  ): Promise<void> {
    const { refusal, value } = await attempt(work);
    if (refusal !== null) return again(refusal);
    await this.seeOther(typeof then === 'string' ? then : then(value));
  }
}
