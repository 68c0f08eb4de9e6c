/** Calendar links. The address is the credential: its holder reads the calendar and nothing else. */
import { createHash } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FeedBody, FeedsReply, NewFeedReply } from '../../contracts/api/on-call-changes.js';
import type { Identity } from '../../services/common/identity.js';
import { notFound } from '../../services/common/problem.js';
import { Caller, Documented, Permission, TokenRoute } from '../../http/route.js';
import { CalendarService } from '../../services/oncall/calendar.service.js';

const tag = 'On-call';

@Controller()
export class CalendarController {
  constructor(private readonly calendar: CalendarService) {}

  @Post('api/v1/calendar-feeds')
  @HttpCode(201)
  @Permission('oncall.read')
  @Documented({
    tag,
    summary: 'Creates a calendar link of a person or a schedule; its address is shown only in this reply',
    reply: NewFeedReply,
    status: 201,
  })
  create(@Body({ schema: FeedBody }) body: FeedBody, @Caller() identity: Identity) {
    return this.calendar.create(body, identity);
  }

  @Get('api/v1/calendar-feeds')
  @Permission('oncall.read')
  @Documented({ tag, summary: 'Calendar links in use, without their addresses', reply: FeedsReply })
  async list(@Caller() identity: Identity) {
    return { items: await this.calendar.list(identity), next: null };
  }

  @Delete('api/v1/calendar-feeds/:id')
  @HttpCode(204)
  @Permission('oncall.read')
  @Documented({ tag, summary: 'Revokes a calendar link', status: 204 })
  revoke(@Param('id') id: string, @Caller() identity: Identity): Promise<void> {
    return this.calendar.revoke(id, identity);
  }

  /** A current copy gets a 304, so that a thousand calendars that refresh each hour cost little. */
  @Get('ical/:file')
  @Permission('public')
  @TokenRoute('calendar')
  @Documented({ tag, summary: 'The calendar behind a calendar link (text/calendar)' })
  async read(
    @Param('file') file: string,
    @Req() request: Pick<FastifyRequest, 'headers'>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [, token] = /^(.+)\.ics$/.exec(file) ?? [];
    if (token === undefined) throw notFound('A calendar link ends in ".ics".');
    const body = await this.calendar.read(token);
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    void reply.headers({ etag, 'cache-control': 'private, no-cache', 'x-robots-tag': 'noindex, nofollow' });
    if (hasCopy(request.headers['if-none-match'], etag)) return void (await reply.code(304).send());
    await reply
      .type('text/calendar; charset=utf-8')
      .header('content-disposition', 'inline; filename="on-call.ics"')
      .send(body);
  }
}

const hasCopy = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some((one) => [etag, `W/${etag}`, '*'].includes(one.trim()));
