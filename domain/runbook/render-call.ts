/** Renders the request of an `http` step, escaping each value for its position. */
import type { HttpCall } from './definition.js';
import { render, type TemplateScope } from './expressions.js';
import { encodedPart } from './secret-marker.js';
import { asText } from './template.js';
import { splitTemplate } from './template-text.js';
import { renderUrl } from './url-template.js';

const isForm = ({ headers = {} }: HttpCall): boolean =>
  Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === 'content-type' && /x-www-form-urlencoded/i.test(value),
  );

/** Reason why this body may not contain values, or null. */
export function bodyProblem({ body }: HttpCall): string | null {
  return typeof body === 'string' && body.includes('${{') && /^\s*[[{]/.test(body)
    ? 'is JSON written as text, where a value could add fields: write it as a value (a map or a list), not in quotes'
    : null;
}

export function renderCall(call: HttpCall, scope: TemplateScope, hosts?: readonly string[]): HttpCall {
  const { url, body, ...rest } = call;
  return {
    ...(render(rest, scope) as typeof rest),
    url: renderUrl(url, scope, hosts),
    ...(body === undefined
      ? {}
      : { body: typeof body === 'string' && isForm(call) ? formText(body, scope) : render(body, scope) }),
  };
}

/** `a=${{ x }}&b=1`: a value belongs to one field and cannot start another. */
function formText(template: string, scope: TemplateScope): string {
  const split = splitTemplate(template);
  if (split.kind === 'refused') return template;
  return split.parts
    .map((part) =>
      part.kind === 'text' ? part.text : encodedPart(asText(render(`\${{${part.source}}}`, scope))),
    )
    .join('');
}
