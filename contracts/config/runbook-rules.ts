/** Rules across the parts of a runbook: unique ids, jumps to existing steps, expressions that compile. */
import type { RuleError } from '../../domain/rules/compile.js';
import { runbookVariables, type Variables } from '../../domain/rules/variables.js';
import type { RunbookInput, RunbookSpec, RunbookStep } from '../../domain/runbook/definition.js';
import { bodyProblem } from '../../domain/runbook/render-call.js';
import { compileTemplate, compileTemplateCondition, mapTemplates } from '../../domain/runbook/template.js';
import { checkHostProblem, urlProblem } from '../../domain/runbook/url-template.js';

export interface RunbookProblem {
  path: (string | number)[];
  message: string;
}

export function runbookProblems({
  inputs,
  steps,
  hosts,
}: Pick<RunbookSpec, 'inputs' | 'steps' | 'hosts'>): RunbookProblem[] {
  const variables = runbookVariables(inputs, steps);
  const withResult = runbookVariables(inputs, steps, true);
  return [
    ...inputProblems(inputs),
    ...idProblems(steps),
    ...steps.flatMap((step, index) => [
      ...jumpProblems(step, steps).map((problem) => under(['steps', index], problem)),
      ...expressionProblems(step, variables, withResult).map((problem) => under(['steps', index], problem)),
      ...callProblems(step, hosts).map((problem) => under(['steps', index], problem)),
    ]),
  ];
}

/** Problems of a step's request or check: its target, and the effect of values on it. */
function callProblems(step: RunbookStep, hosts: readonly string[] | undefined): RunbookProblem[] {
  const found = (path: (string | number)[], message: string | null): RunbookProblem[] =>
    message === null ? [] : [{ path, message }];
  if ('http' in step)
    return [
      ...found(['http', 'url'], urlProblem(step.http.url, hosts)),
      ...found(['http', 'body'], bodyProblem(step.http)),
    ];
  if (!('check' in step)) return [];
  const { check } = step;
  if ('http' in check) return found(['check', 'http'], urlProblem(check.http, hosts));
  if ('dns' in check) return found(['check', 'dns'], checkHostProblem(check.dns, hosts));
  if ('tls' in check) return found(['check', 'tls'], checkHostProblem(check.tls, hosts));
  return found(['check', 'tcp'], checkHostProblem(check.tcp, hosts));
}

const under = (prefix: (string | number)[], { path, message }: RunbookProblem): RunbookProblem => ({
  path: [...prefix, ...path],
  message,
});

function inputProblems(inputs: Record<string, RunbookInput>): RunbookProblem[] {
  // A default is evaluated before anything has run, so it may use the alert and the incident only.
  const { alert, incident } = runbookVariables({}, []);
  const early: Variables = { ...(alert && { alert }), ...(incident && { incident }) };
  return Object.entries(inputs).flatMap(([name, input]) => {
    const path = ['inputs', name, 'default'];
    const { type, options, default: given } = input;
    if (type === 'choice' && (options ?? []).length === 0)
      return [{ path: ['inputs', name], message: 'a choice needs its options' }];
    if (type !== 'choice' && options !== undefined)
      return [{ path: ['inputs', name, 'options'], message: `only a choice has options, this is a ${type}` }];
    if (given === undefined) return [];
    if (typeof given === 'string' && given.includes('${{')) return templateProblems(given, early, path);
    const expected = type === 'choice' ? 'string' : type;
    if (typeof given !== expected) return [{ path, message: `a ${expected}, got ${JSON.stringify(given)}` }];
    if (options !== undefined && !options.includes(String(given)))
      return [{ path, message: `one of ${options.join(', ')}, got ${JSON.stringify(given)}` }];
    return [];
  });
}

function idProblems(steps: readonly RunbookStep[]): RunbookProblem[] {
  const ids = steps.map(({ id }) => id);
  return ids.flatMap((id, index) => {
    const first = ids.indexOf(id);
    return first === index
      ? []
      : [{ path: ['steps', index, 'id'], message: `the id "${id}" is taken by step ${first + 1}` }];
  });
}

function jumpProblems(step: RunbookStep, steps: readonly RunbookStep[]): RunbookProblem[] {
  const jumps: { path: (string | number)[]; to: string | undefined }[] = [
    { path: ['on-failure'], to: jumpOf(step['on-failure']) },
    { path: ['on-timeout'], to: jumpOf(step['on-timeout']) },
    ...('switch' in step
      ? step.switch.map(({ goto }, index) => ({ path: ['switch', index, 'goto'], to: goto }))
      : []),
  ];
  return jumps.flatMap(({ path, to }) =>
    to === undefined || steps.some(({ id }) => id === to)
      ? []
      : [{ path, message: `there is no step "${to}"; there are ${steps.map(({ id }) => id).join(', ')}` }],
  );
}

const jumpOf = (word: string | undefined): string | undefined =>
  word?.startsWith('goto:') === true ? word.slice(5) : undefined;

function expressionProblems(
  step: RunbookStep,
  variables: Variables,
  withResult: Variables,
): RunbookProblem[] {
  const { if: condition, outputs = {}, ...rest } = step;
  const problems: RunbookProblem[] = [];
  if (condition !== undefined) problems.push(...conditionProblems(condition, variables, ['if']));
  for (const [name, text] of Object.entries(outputs))
    problems.push(...templateProblems(text, withResult, ['outputs', name]));
  if ('switch' in step) {
    step.switch.forEach((one, index) =>
      problems.push(...conditionProblems(one.if, variables, ['switch', index, 'if'])),
    );
    return problems;
  }
  mapTemplates(rest, (text, path) => problems.push(...templateProblems(text, variables, pathOf(path))));
  return problems;
}

/** `headers.Authorization`, `body.list[2]` → its parts. */
const pathOf = (path: string): (string | number)[] =>
  path
    .split(/\.|(?=\[)/)
    .filter((part) => part !== '')
    .map((part) => (/^\[\d+\]$/.test(part) ? Number(part.slice(1, -1)) : part));

function templateProblems(text: string, variables: Variables, path: (string | number)[]): RunbookProblem[] {
  const outcome = compileTemplate(text, variables);
  return outcome.kind === 'compiled'
    ? []
    : outcome.errors.map((error) => ({ path, message: inWords(error) }));
}

function conditionProblems(text: string, variables: Variables, path: (string | number)[]): RunbookProblem[] {
  const outcome = compileTemplateCondition(text, variables);
  return outcome.kind === 'compiled'
    ? []
    : outcome.errors.map((error) => ({ path, message: inWords(error) }));
}

const inWords = ({ message, line, column }: RuleError): string =>
  `${message} (at ${line === 1 ? '' : `line ${line}, `}character ${column} of the text)`;
