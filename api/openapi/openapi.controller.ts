/** The API's contract for programs and people; built once, on the first request. */
import { randomBytes } from 'node:crypto';
import { Controller, Get, Header, Inject, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Config } from '../../config/environment.js';
import { publishedSchemas, type JsonSchema } from '../../contracts/config/json-schema.js';
import { notFound } from '../../services/common/problem.js';
import { Documented, Permission } from '../../http/route.js';
import { CONFIG } from '../../services/common/tokens.js';
import { docsPage } from './docs-page.js';
import { openApi } from './openapi.js';
import { RouteTable } from './route-table.js';

const VERSION = '1';

@Controller()
export class OpenApiController {
  private document: Record<string, unknown> | null = null;
  private schemas: Map<string, JsonSchema> | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly routes: RouteTable,
  ) {}

  @Get('api/openapi.json')
  @Permission('public')
  @Documented({ tag: 'Contract', summary: 'This API as OpenAPI 3.1' })
  read() {
    this.document ??= openApi(this.routes.entries, { url: this.config.publicUrl, version: VERSION });
    return this.document;
  }

  @Get('api/docs')
  @Permission('public')
  @Documented({ tag: 'Contract', summary: 'This API as a page' })
  async docs(@Res() reply: FastifyReply): Promise<void> {
    const nonce = randomBytes(16).toString('base64');
    await reply
      .type('text/html; charset=utf-8')
      .header(
        'content-security-policy',
        `default-src 'none'; style-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
      )
      .send(docsPage(this.routes.entries, nonce, this.config.publicUrl));
  }

  @Get('schemas/v1/:file')
  @Permission('public')
  @Header('content-type', 'application/schema+json; charset=utf-8')
  // Editors and tools of other sites fetch the schemas, which contain no data of this installation.
  @Header('access-control-allow-origin', '*')
  @Header('cross-origin-resource-policy', 'cross-origin')
  @Documented({
    tag: 'Contract',
    summary: 'JSON Schema of a configuration kind, `Service.json`, or of any, `tocsin.json`',
  })
  schema(@Param('file') file: string) {
    this.schemas ??= publishedSchemas(`${this.config.publicUrl}/schemas/v1`);
    const schema = this.schemas.get(file);
    if (schema === undefined) throw notFound(`There are the schemas ${[...this.schemas.keys()].join(', ')}.`);
    return schema;
  }
}
