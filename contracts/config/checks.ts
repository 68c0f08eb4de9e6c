import { z } from 'zod';
import type { DiagnosticSpec } from '../../domain/config/service-spec.js';
import type { CheckSpec } from '../../domain/config/terms.js';
import { line, positiveDuration, slug, webUrl } from './fields.js';
import { oneKind } from './one-kind.js';

const port = z.int().min(1).max(65_535);

const hostName = line(253).regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$|^[\da-fA-F:]+$/, {
  error: 'a host name or address such as db.example.com, without scheme, port and path',
});

/** A read-only check. The caller provides the schemas of address and host, because those of a runbook may contain templates. */
export const checkOf = <U extends z.ZodType<string>, H extends z.ZodType<string>>(url: U, host: H) =>
  z.union(
    [
      z.strictObject({
        http: url.meta({ description: 'GET this address.' }),
        status: z.int().min(100).max(599).optional().meta({ description: 'Expected; default any 2xx.' }),
        contains: line(1000).optional().meta({ description: 'Text that the answer must hold.' }),
      }),
      z.strictObject({
        dns: host.meta({ description: 'Resolve this name.' }),
        type: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'NS']).optional(),
        expect: line(253).optional().meta({ description: 'A value that must be among the answers.' }),
      }),
      z.strictObject({
        tls: host.meta({ description: 'Connect and check the certificate.' }),
        port: port.optional().meta({ description: 'Default 443.' }),
        minDays: z
          .int()
          .min(0)
          .max(3650)
          .optional()
          .meta({ description: 'Days that the certificate must still be valid.' }),
      }),
      z.strictObject({ tcp: host.meta({ description: 'Connect.' }), port }),
    ],
    { error: oneKind(['http', 'dns', 'tls', 'tcp'], ['prometheus']) },
  );

const check = checkOf(webUrl, hostName).meta({
  id: 'Check',
  description: 'A read-only check: http, dns, tls or tcp.',
}) satisfies z.ZodType<CheckSpec>;

export const diagnostic = z.strictObject({ name: slug, check, timeout: positiveDuration.optional() }).meta({
  id: 'Diagnostic',
  description: 'Run at triage, its output put on the incident.',
}) satisfies z.ZodType<DiagnosticSpec>;
