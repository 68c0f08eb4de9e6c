/** Declarations of pages: `@PageRead` shows, `@PageForm` takes what a form sends; both give their handler a `PageCall`. */
import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  Get,
  Injectable,
  type PipeTransform,
  Post,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Documented, PageRoute, Permission } from '../../http/route.js';
import { OwnForm } from './own-form.js';
import { PageCall } from './page-call.js';
import { PageContexts } from './page-contexts.js';

interface About {
  permission: Parameters<typeof Permission>[0];
  /** For OpenAPI: one sentence. */
  summary: string;
}

export const PageRead = (path: string, { permission, summary }: About): MethodDecorator =>
  applyDecorators(
    Get(path),
    Permission(permission),
    PageRoute(),
    Documented({ tag: 'Pages', summary }),
    AnswersItself,
  );

/** A form is checked by `OwnForm` first. Most answer 303; one that answers with a page says 200. */
export const PageForm = (
  path: string,
  {
    permission,
    summary,
    status = 303,
    ...form
  }: About & { status?: number } & Parameters<typeof PageRoute>[0],
): MethodDecorator =>
  applyDecorators(
    Post(path),
    Permission(permission),
    PageRoute(form),
    Documented({ tag: 'Pages', summary, status }),
    UseGuards(OwnForm),
    AnswersItself,
  );

/**
 * The handler sends its reply itself. Nest leaves the reply to handlers with a `@Res()` parameter: this adds one after the last
 * parameter, also after those with a default, which the length of a function does not count.
 */
const AnswersItself: MethodDecorator = (target, key) => {
  const parameters: unknown = Reflect.getMetadata('design:paramtypes', target, key);
  Res()(target, key, Array.isArray(parameters) ? parameters.length : 0);
};

interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}

@Injectable()
class ToPageCall implements PipeTransform<Exchange, PageCall> {
  constructor(private readonly contexts: PageContexts) {}

  transform({ request, reply }: Exchange): PageCall {
    return new PageCall(request, reply, this.contexts);
  }
}

const ofRequest = createParamDecorator((_data: unknown, context: ExecutionContext): Exchange => {
  const http = context.switchToHttp();
  return { request: http.getRequest<FastifyRequest>(), reply: http.getResponse<FastifyReply>() };
});

export const Page = (): ParameterDecorator => ofRequest(ToPageCall);
