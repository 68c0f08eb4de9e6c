/** Silences: make, preview, list, change and end. */
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  NewSilenceReply,
  SilenceBody,
  SilenceChangeBody,
  SilencePreviewBody,
  SilencePreviewReply,
  SilenceReply,
  SilencesQuery,
  SilencesReply,
} from '../../contracts/api/silence.js';
import { Caller, Documented, Permission, TeamKeys } from '../../http/route.js';
import { SilencesService } from '../../services/alert/silences.service.js';
import type { Identity } from '../../services/common/identity.js';

const tag = 'Alerts';

@Controller('api/v1/silences')
export class SilencesController {
  constructor(private readonly silences: SilencesService) {}

  @Get()
  @Permission('incidents.read')
  @Documented({ tag, summary: 'Silences, newest first', reply: SilencesReply })
  list(@Query({ schema: SilencesQuery }) query: SilencesQuery) {
    return this.silences.list(query);
  }

  @Post()
  @HttpCode(201)
  @Permission('alerts.silence')
  @TeamKeys('asked')
  @Documented({
    tag,
    summary: 'Silences alerts until an end: they page nobody and open no incident',
    reply: NewSilenceReply,
    status: 201,
  })
  add(@Body({ schema: SilenceBody }) body: SilenceBody, @Caller() identity: Identity) {
    return this.silences.add(body, identity);
  }

  @Post('preview')
  @HttpCode(200)
  @Permission('incidents.read')
  @Documented({
    tag,
    summary: 'What a silence would have muted in the last week; changes nothing',
    reply: SilencePreviewReply,
  })
  preview(@Body({ schema: SilencePreviewBody }) body: SilencePreviewBody, @Caller() identity: Identity) {
    return this.silences.preview(body, identity);
  }

  @Get(':id')
  @Permission('incidents.read')
  @Documented({ tag, summary: 'One silence', reply: SilenceReply })
  one(@Param('id') id: string) {
    return this.silences.get(id);
  }

  @Patch(':id')
  @HttpCode(200)
  @Permission('alerts.silence')
  @TeamKeys('asked')
  @Documented({ tag, summary: 'Changes the end of a silence', reply: SilenceReply })
  change(
    @Param('id') id: string,
    @Body({ schema: SilenceChangeBody }) body: SilenceChangeBody,
    @Caller() identity: Identity,
  ) {
    return this.silences.change(id, body, identity);
  }

  @Delete(':id')
  @HttpCode(200)
  @Permission('alerts.silence')
  @TeamKeys('asked')
  @Documented({
    tag,
    summary: 'Ends a silence now; what it held and still fires is released. The silence stays on record',
    reply: SilenceReply,
  })
  end(@Param('id') id: string, @Caller() identity: Identity) {
    return this.silences.end(id, identity);
  }
}
