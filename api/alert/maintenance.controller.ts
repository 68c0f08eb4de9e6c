/** Maintenance windows: make, list and end. */
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { WindowBody, WindowReply, WindowsQuery, WindowsReply } from '../../contracts/api/maintenance.js';
import { Caller, Documented, Permission, TeamKeys } from '../../http/route.js';
import { MaintenanceService } from '../../services/alert/maintenance.service.js';
import type { Identity } from '../../services/common/identity.js';

const tag = 'Alerts';

@Controller('api/v1/maintenance')
export class MaintenanceController {
  constructor(private readonly maintenance: MaintenanceService) {}

  @Get()
  @Permission('incidents.read')
  @Documented({ tag, summary: 'Maintenance windows, newest first', reply: WindowsReply })
  list(@Query({ schema: WindowsQuery }) query: WindowsQuery) {
    return this.maintenance.list(query);
  }

  @Post()
  @HttpCode(201)
  @Permission('alerts.silence')
  @TeamKeys('asked')
  @Documented({
    tag,
    summary: 'Puts services, and what depends on them, into maintenance: once, or by a rule',
    reply: WindowReply,
    status: 201,
  })
  add(@Body({ schema: WindowBody }) body: WindowBody, @Caller() identity: Identity) {
    return this.maintenance.add(body, identity);
  }

  @Get(':id')
  @Permission('incidents.read')
  @Documented({ tag, summary: 'One maintenance window', reply: WindowReply })
  one(@Param('id') id: string) {
    return this.maintenance.get(id);
  }

  @Delete(':id')
  @HttpCode(200)
  @Permission('alerts.silence')
  @TeamKeys('asked')
  @Documented({
    tag,
    summary: 'Ends a maintenance window now, with all times to come; it stays on record',
    reply: WindowReply,
  })
  end(@Param('id') id: string, @Caller() identity: Identity) {
    return this.maintenance.end(id, identity);
  }
}
