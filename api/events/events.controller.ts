/** `GET /api/v1/events`: stream of changes. An event names the incident and its `seq`; clients fetch the state. */
import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Change } from '../../db/audit/change-feed.js';
import { mayDo } from '../../domain/access/permissions.js';
import { Authenticator } from '../../http/auth/authenticator.js';
import { invalid, Problem, unauthenticated } from '../../services/common/problem.js';
import { Documented, Permission } from '../../http/route.js';
import { LiveEvents, PositionTooOld } from './live-events.js';
import { OpenStreams } from '../../services/access/open-streams.js';

const PING_MS = 20_000;
const EVENT_STREAM = 'text/event-stream; charset=utf-8';

@Controller('api/v1/events')
export class EventsController {
  constructor(
    private readonly events: LiveEvents,
    private readonly streams: OpenStreams,
    private readonly authenticator: Authenticator,
  ) {}

  @Get()
  @Permission('incidents.read')
  @Documented({
    tag: 'Live',
    summary:
      'Server-sent events of every change; Last-Event-ID resumes without a gap, 10,000 changes back at most',
  })
  async stream(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') header: string | undefined,
    @Query('after') query: string | undefined,
  ): Promise<void> {
    const after = positionOf(header ?? query);
    // HEAD requests the headers only: a stream would never end the reply.
    if (request.method === 'HEAD') return void (await reply.type(EVENT_STREAM).send(''));
    const { identity } = request;
    if (identity === null) throw unauthenticated();
    if (this.streams.isFull(identity.actor))
      throw new Problem(429, 'too_many_streams', `${identity.actor} has too many streams open; close one.`);
    const seesConfig = mayDo(identity.role, 'config.read');
    const { raw } = reply;
    // The position is read before the first byte, so that a failing database still gives a problem reply.
    const { begin, stop } = await this.events
      .subscribe(after, {
        send: (change) => {
          // Roles and people are documents, so a change of configuration may end a stream.
          if (change.subject === 'config') void this.streams.recheck(raw);
          if (change.subject === 'config' && !seesConfig) return true;
          return raw.write(eventText(change));
        },
        drained: () => drained(raw),
      })
      .catch(refuseOld);
    reply.hijack();
    raw.writeHead(200, {
      ...textHeaders(reply),
      'content-type': EVENT_STREAM,
      'x-accel-buffering': 'no',
    });
    raw.write('retry: 2000\n\n');
    begin();
    let isStuck = false;
    const ping = setInterval(() => {
      // A client that has read nothing since the previous ping is gone, or holds memory on purpose.
      if (raw.writableNeedDrain && isStuck) return void raw.destroy();
      isStuck = raw.writableNeedDrain;
      raw.write(': here\n\n');
      void this.streams.recheck(raw);
    }, PING_MS);
    const mayGoOn = async (): Promise<boolean> => {
      const found = (await this.authenticator.authenticate(request))?.identity;
      return found !== undefined && found.actor === identity.actor && found.role === identity.role;
    };
    this.streams.add(raw, { of: identity.actor, mayGoOn }, () => {
      clearInterval(ping);
      stop();
    });
  }
}

/** Resolves when the socket can take more, or is closed. */
function drained(raw: ServerResponse): Promise<void> {
  if (!raw.writableNeedDrain || raw.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      raw.off('drain', done).off('close', done);
      resolve();
    };
    raw.on('drain', done).on('close', done);
  });
}

function refuseOld(error: unknown): never {
  if (!(error instanceof PositionTooOld)) throw error;
  throw new Problem(
    410,
    'position_too_old',
    'This position is more than 10,000 changes back: read the lists again and open the stream without a position.',
  );
}

function positionOf(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw invalid('Last-Event-ID is the id of an event of this stream.', [
    { path: 'Last-Event-ID', message: 'must be a number from this stream' },
  ]);
}

function eventText({ id, at, actor, action, subject, data }: Change): string {
  const isIncident = subject.startsWith('incident/');
  const body = isIncident
    ? { incident: subject.slice('incident/'.length), actor, action, at, ...(data as object) }
    : { actor, action, at, ...(data as object) };
  return `id: ${id}\nevent: ${isIncident ? 'incident' : 'config'}\ndata: ${JSON.stringify(body)}\n\n`;
}

const textHeaders = (reply: FastifyReply): Record<string, string> =>
  Object.fromEntries(
    Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
