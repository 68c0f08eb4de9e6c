/** Every refusal and failure of every route is rendered here: problem JSON, or a page for people. */
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../shared/logger.js';
import { pagePolicy } from '../web/styles/styles.js';
import { problemBody } from '../services/common/problem.js';
import { problemPage, wantsPage } from '../web/ui/problem-page.js';
import { toProblem } from '../http/to-problem.js';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), this.logger);
  }
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  if (reply.sent) return;
  const problem = toProblem(error);
  if (problem.status === 500) {
    logger.error(
      { err: error, requestId: request.id, method: request.method, url: request.url },
      'request failed',
    );
  }
  void reply.code(problem.status).headers(problem.extra.headers ?? {});
  if (request.routeOptions?.config?.page === true && problem.status === 401 && request.method === 'GET') {
    void reply
      .code(303)
      .header('location', `/sign-in?to=${encodeURIComponent(request.url)}`)
      .send('');
    return;
  }
  const isUnknown = request.is404 || request.routeOptions?.url === undefined;
  const asPage =
    request.routeOptions?.config?.page === true ||
    (isUnknown && wantsPage(request.method, request.headers.accept));
  if (asPage) void reply.header('content-security-policy', pagePolicy("'self'"));
  void reply
    .type(asPage ? 'text/html; charset=utf-8' : 'application/problem+json; charset=utf-8')
    .send(asPage ? problemPage(problem, request.id) : JSON.stringify(problemBody(problem, request.id)));
}
