/** The audit log. */
import { DataSource } from 'typeorm';
import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { listAudit } from '../../db/audit/audit-view.js';
import { page } from '../../contracts/api/query.js';
import { Documented, Permission } from '../../http/route.js';

const AuditQuery = z.object({ ...page, subject: z.string().max(200).optional() });
type AuditQuery = z.infer<typeof AuditQuery>;
const AuditReply = z.object({
  items: z.array(
    z.object({
      id: z.int(),
      at: z.string(),
      actor: z.string(),
      onBehalfOf: z.string().nullable(),
      action: z.string(),
      subject: z.string(),
      data: z.unknown(),
    }),
  ),
  next: z.string().nullable(),
});

@Controller('api/v1/audit')
export class AuditController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  @Permission('audit.read')
  @Documented({
    tag: 'Audit',
    summary: 'Who did what, newest first; ?subject=incident/<id> for one thing',
    reply: AuditReply,
  })
  list(@Query({ schema: AuditQuery }) query: AuditQuery) {
    return listAudit(this.dataSource, query);
  }
}
