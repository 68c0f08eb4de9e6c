/** Configuration documents: plan, apply, read, change one, list revisions. */
import { DataSource } from 'typeorm';
import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  Res,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApplyQuery, DeleteQuery, DocumentReply, PlanReply } from '../../contracts/api/configuration.js';
import { CONFIG_KINDS, isConfigKind } from '../../domain/config/specs.js';
import { nearest } from '../../domain/config/nearest.js';
import { ConfigStore } from '../../db/config/config-store.js';
import type { ConfigKind } from '../../domain/config/specs.js';
import type { Identity } from '../../services/common/identity.js';
import { invalid, notFound } from '../../services/common/problem.js';
import { Caller, Documented, Permission, RawRoute, TeamKeys } from '../../http/route.js';
import { ConfigurationService } from '../../services/config/configuration.service.js';
import { DOCUMENT_TYPES, DocumentReader } from '../../services/config/document-reader.js';
import { shownDocument, shownSpec, yamlOf } from '../../services/config/shown-document.js';

const tag = 'Configuration';

const DOCUMENT_EXAMPLE = `apiVersion: tocsin/v1
kind: Service
metadata: { name: checkout }
spec: { displayName: Checkout, team: checkout, tier: 1 }
`;

const ReadQuery = z.strictObject({
  kind: z.enum(CONFIG_KINDS).optional(),
  format: z.enum(['json', 'yaml']).default('json'),
});
type ReadQuery = z.output<typeof ReadQuery>;
const FormatQuery = ReadQuery.pick({ format: true });
type FormatQuery = z.output<typeof FormatQuery>;

@Controller('api/v1/config')
export class ConfigurationController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly configs: ConfigStore,
    private readonly configuration: ConfigurationService,
    private readonly reader: DocumentReader,
  ) {}

  @Post('plan')
  @HttpCode(200)
  @Permission('config.read')
  @TeamKeys('asked')
  @RawRoute(DOCUMENT_TYPES, DOCUMENT_EXAMPLE)
  @Documented({
    tag,
    summary: 'Plans these documents: the changes that applying them would make',
    reply: PlanReply,
  })
  async plan(
    @Body() body: unknown,
    @Headers('content-type') type: string | undefined,
    @Query({ schema: ApplyQuery }) query: ApplyQuery,
    @Caller() identity: Identity,
  ) {
    return this.configuration.plan({
      documents: await this.reader.documents(body, type, query.file, identity),
      prune: query.prune ?? false,
      identity,
    });
  }

  @Post('apply')
  @HttpCode(200)
  @Permission('config.read')
  @TeamKeys('asked')
  @RawRoute(DOCUMENT_TYPES, DOCUMENT_EXAMPLE)
  @Documented({
    tag,
    summary: 'Applies documents, all or none; ?prune=true deletes documents that are not named',
    reply: PlanReply,
  })
  async apply(
    @Body() body: unknown,
    @Headers('content-type') type: string | undefined,
    @Query({ schema: ApplyQuery }) query: ApplyQuery,
    @Caller() identity: Identity,
  ) {
    const documents = await this.reader.documents(body, type, query.file, identity);
    return this.configuration.apply({ documents, prune: query.prune ?? false, plan: query.plan, identity });
  }

  @Get()
  @Permission('config.read')
  @Documented({ tag, summary: 'Documents in force; ?kind=, and ?format=yaml for a file that can be applied' })
  async list(
    @Query({ schema: ReadQuery }) { kind, format }: ReadQuery,
    @Caller() caller: Identity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const documents = await this.configs.inForce(this.dataSource, kind === undefined ? {} : { kind });
    if (format === 'json') return { items: documents.map((one) => shownDocument(one, caller)), next: null };
    void reply.type('text/yaml; charset=utf-8');
    return yamlOf(documents, caller);
  }

  @Get(':kind/:name')
  @Permission('config.read')
  @Documented({ tag, summary: 'One document in force', reply: DocumentReply })
  async get(
    @Param('kind') kind: string,
    @Param('name') name: string,
    @Query({ schema: FormatQuery }) { format }: FormatQuery,
    @Caller() caller: Identity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const [document] = await this.configs.inForce(this.dataSource, { kind: kindOf(kind), name });
    if (document === undefined) throw notFound(`There is no ${kind} ${name.slice(0, 63)}.`);
    if (format === 'json') return shownDocument(document, caller);
    void reply.type('text/yaml; charset=utf-8');
    return yamlOf([document], caller);
  }

  @Put(':kind/:name')
  @Permission('config.read')
  @TeamKeys('asked')
  @RawRoute(DOCUMENT_TYPES, DOCUMENT_EXAMPLE)
  @Documented({ tag, summary: 'Creates or changes one document', reply: DocumentReply })
  async put(
    @Param('kind') kind: string,
    @Param('name') name: string,
    @Body() body: unknown,
    @Headers('content-type') type: string | undefined,
    @Caller() identity: Identity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const known = kindOf(kind);
    const documents = await this.reader.documents(body, type, undefined, identity);
    const [document] = documents;
    if (documents.length !== 1 || document?.kind !== known || document.name !== name) {
      const message = `must be the one document ${known}/${name}, as the path says`;
      throw invalid(`The body ${message}.`, [{ path: 'metadata.name', message }]);
    }
    const { changes, secrets, warnings } = await this.configuration.apply({
      documents,
      prune: false,
      identity,
    });
    const [stored] = await this.configs.inForce(this.dataSource, { kind: known, name });
    if (stored === undefined) throw notFound(`${known} ${name} was deleted at the same moment.`);
    void reply.code(changes[0]?.action === 'create' ? 201 : 200);
    return { ...shownDocument(stored, identity), secrets, warnings };
  }

  @Delete(':kind/:name')
  @HttpCode(204)
  @Permission('config.read')
  @TeamKeys('asked')
  @Documented({
    tag,
    summary: 'Deletes a document that is not in use; ?force=true ignores open incidents and shifts',
    status: 204,
  })
  async delete(
    @Param('kind') kind: string,
    @Param('name') name: string,
    @Query({ schema: DeleteQuery }) { force }: DeleteQuery,
    @Caller() identity: Identity,
  ): Promise<void> {
    await this.configuration.delete(kindOf(kind), name, { identity, force: force ?? false });
  }

  @Get(':kind/:name/revisions')
  @Permission('config.read')
  @Documented({ tag, summary: 'Every revision of a document, newest first' })
  async revisions(@Param('kind') kind: string, @Param('name') name: string, @Caller() caller: Identity) {
    const known = kindOf(kind);
    const revisions = await this.configs.revisions(known, name);
    if (revisions.length === 0) throw notFound(`There never was a ${known} ${name.slice(0, 63)}.`);
    return {
      items: revisions.map(({ spec, ...one }) => ({
        ...one,
        deleted: spec === null,
        spec: shownSpec({ kind: known, name, spec }, caller),
      })),
      next: null,
    };
  }
}

function kindOf(text: string): ConfigKind {
  if (isConfigKind(text)) return text;
  const meant = nearest(text, CONFIG_KINDS);
  throw notFound(
    `There is no kind ${text.slice(0, 63)}; ${meant === null ? `there are ${CONFIG_KINDS.join(', ')}` : `did you mean ${meant}?`}`,
  );
}
