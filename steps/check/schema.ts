import { checkOf } from '../../contracts/config/checks.js';
import { line } from '../../contracts/config/fields.js';
import { problemAt, type StepSchema, templateUrl } from '../../contracts/config/step-fields.js';
import type { CheckSpec } from '../../domain/config/terms.js';
import { checkHostProblem, urlProblem } from '../../domain/runbook/url-template.js';

const fields = checkOf(templateUrl, line(4096)).meta({
  id: 'RunbookCheck',
  description: 'A read-only check; texts may hold ${{ CEL }}.',
});

export const checkSchema: StepSchema<CheckSpec> = {
  fields,
  problems(check, hosts) {
    if ('http' in check) return problemAt(['http'], urlProblem(check.http, hosts));
    if ('dns' in check) return problemAt(['dns'], checkHostProblem(check.dns, hosts));
    if ('tls' in check) return problemAt(['tls'], checkHostProblem(check.tls, hosts));
    return problemAt(['tcp'], checkHostProblem(check.tcp, hosts));
  },
};
