/** Variables available to an expression, by scope. Shown in the documentation of each kind. */

/** A CEL type (`string`, `int`, `bool`, `dyn`, `map<string, string>`, …) or the fields of an object. */
export type VariableType = string | { [field: string]: VariableType };

export type Variables = Record<string, VariableType>;

const labels = 'map<string, string>';

const incident = {
  priority: 'string',
  severity: 'string',
  service: 'string',
  title: 'string',
  team: 'string',
  drill: 'bool',
  alertsOpen: 'int',
} as const satisfies VariableType;

const alert = {
  title: 'string',
  severity: 'string',
  description: 'string',
  labels,
  dedupKey: 'string',
  client: 'string',
  source: 'string',
  links: 'list<dyn>',
} as const satisfies VariableType;

/** Local time of the paged team (domain/oncall/time-facts.ts). */
const time = {
  hour: 'int',
  minute: 'int',
  weekday: 'string',
  date: 'string',
  inHours: 'bool',
  zone: 'string',
} as const satisfies VariableType;

/** `policy`: the `if` of a policy step. `route`: the `if` of a source's route. `priority`: the `if` of a priority rule. */
export const variablesOf = {
  policy: { incident: { ...incident, alertsTotal: 'int' }, time },
  route: { alert },
  priority: {
    alert,
    service: { name: 'string', tier: 'int', team: 'string', dependents: 'int' },
    time: { ...time, outsideSupport: 'bool' },
    priority: 'string',
  },
} as const satisfies Record<string, Variables>;

export type Scope = keyof typeof variablesOf;

/** Variables of a runbook's templates; `result` is the result of the step's own effect, inside its `outputs`. */
export function runbookVariables(
  inputs: Record<string, { type: keyof typeof inputType }>,
  steps: readonly { id: string; outputs?: Record<string, string> }[],
  withResult = false,
): Variables {
  const inputTypes = Object.entries(inputs).map(([name, { type }]) => [name, inputType[type]] as const);
  const stepTypes = steps.map(({ id, outputs = {} }) => {
    const fields = Object.keys(outputs).map((name) => [name, 'dyn'] as const);
    return [id, { state: 'string', outputs: Object.fromEntries(fields) }] as const;
  });
  return {
    inputs: Object.fromEntries(inputTypes),
    alert,
    incident: { ...incident, id: 'string', number: 'string', commander: 'string', status: 'string' },
    secrets: labels,
    steps: Object.fromEntries(stepTypes),
    ...(withResult ? { result: 'dyn' } : {}),
  };
}

const inputType = { string: 'string', choice: 'string', boolean: 'bool', number: 'dyn' } as const;
