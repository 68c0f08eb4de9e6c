/** Rules across the parts of a runbook: unique ids, jumps to existing steps, expressions that compile. */
import type { RuleError } from '../../domain/rules/compile.js';
import { runbookVariables, type Variables } from '../../domain/rules/variables.js';
import type { RunbookInput, RunbookSpec, RunbookStep } from '../../domain/runbook/definition.js';
import { compileTemplate, compileTemplateCondition, mapTemplates } from '../../domain/runbook/template.js';
import { readStep } from '../../steps/registry.js';
import { problemsOf } from '../../steps/schemas.js';
import type { StepProblem } from './step-fields.js';

export function runbookProblems({
  inputs,
  steps,
  hosts,
}: Pick<RunbookSpec, 'inputs' | 'steps' | 'hosts'>): StepProblem[] {
  const variables = runbookVariables(inputs, steps);
  const withResult = runbookVariables(inputs, steps, true);
  return [
    ...inputProblems(inputs),
    ...idProblems(steps),
    ...steps.flatMap((step, index) => [
      ...jumpProblems(step, steps).map((problem) => under(['steps', index], problem)),
      ...expressionProblems(step, variables, withResult).map((problem) => under(['steps', index], problem)),
      ...problemsOf(step, hosts).map((problem) => under(['steps', index], problem)),
    ]),
  ];
}

const under = (prefix: (string | number)[], { path, message }: StepProblem): StepProblem => ({
  path: [...prefix, ...path],
  message,
});

function inputProblems(inputs: Record<string, RunbookInput>): StepProblem[] {
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

function idProblems(steps: readonly RunbookStep[]): StepProblem[] {
  const ids = steps.map(({ id }) => id);
  return ids.flatMap((id, index) => {
    const first = ids.indexOf(id);
    return first === index
      ? []
      : [{ path: ['steps', index, 'id'], message: `the id "${id}" is taken by step ${first + 1}` }];
  });
}

function jumpProblems(step: RunbookStep, steps: readonly RunbookStep[]): StepProblem[] {
  const jumps: { path: (string | number)[]; to: string | undefined }[] = [
    { path: ['on-failure'], to: jumpOf(step['on-failure']) },
    { path: ['on-timeout'], to: jumpOf(step['on-timeout']) },
    ...casesOf(step).map(({ path, goto }) => ({ path: [...path, 'goto'], to: goto })),
  ];
  return jumps.flatMap(({ path, to }) =>
    to === undefined || steps.some(({ id }) => id === to)
      ? []
      : [{ path, message: `there is no step "${to}"; there are ${steps.map(({ id }) => id).join(', ')}` }],
  );
}

/** The cases of a step that branches. */
function casesOf(step: RunbookStep): { path: (string | number)[]; if: string; goto: string }[] {
  const { kind, fields, rules } = readStep(step);
  return rules.endedBy === 'branch'
    ? rules.cases(fields).map((one, index) => ({ ...one, path: [kind, index] }))
    : [];
}

const jumpOf = (word: string | undefined): string | undefined =>
  word?.startsWith('goto:') === true ? word.slice(5) : undefined;

function expressionProblems(step: RunbookStep, variables: Variables, withResult: Variables): StepProblem[] {
  const { if: condition, outputs = {}, ...rest } = step;
  const problems: StepProblem[] = [];
  if (condition !== undefined) problems.push(...conditionProblems(condition, variables, ['if']));
  for (const [name, text] of Object.entries(outputs))
    problems.push(...templateProblems(text, withResult, ['outputs', name]));
  // Conditions are expressions already, so no template is looked for in them.
  if (readStep(step).rules.endedBy === 'branch')
    return [
      ...problems,
      ...casesOf(step).flatMap((one) => conditionProblems(one.if, variables, [...one.path, 'if'])),
    ];
  mapTemplates(rest, (text, path) => problems.push(...templateProblems(text, variables, pathOf(path))));
  return problems;
}

/** `headers.Authorization`, `body.list[2]` → its parts. */
const pathOf = (path: string): (string | number)[] =>
  path
    .split(/\.|(?=\[)/)
    .filter((part) => part !== '')
    .map((part) => (/^\[\d+\]$/.test(part) ? Number(part.slice(1, -1)) : part));

function templateProblems(text: string, variables: Variables, path: (string | number)[]): StepProblem[] {
  const outcome = compileTemplate(text, variables);
  return outcome.kind === 'compiled'
    ? []
    : outcome.errors.map((error) => ({ path, message: inWords(error) }));
}

function conditionProblems(text: string, variables: Variables, path: (string | number)[]): StepProblem[] {
  const outcome = compileTemplateCondition(text, variables);
  return outcome.kind === 'compiled'
    ? []
    : outcome.errors.map((error) => ({ path, message: inWords(error) }));
}

const inWords = ({ message, line, column }: RuleError): string =>
  `${message} (at ${line === 1 ? '' : `line ${line}, `}character ${column} of the text)`;
