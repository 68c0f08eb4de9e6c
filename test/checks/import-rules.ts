/** Allowed imports per folder, with the reason (docs/architecture.md, Folders). An import not listed is an error. */

export type FolderRule = {
  /** Allowed folders or single files of this project; every folder may import itself. */
  may: readonly string[];
  /** Folders of which only types may be imported. */
  types?: readonly string[];
  /** Packages by name or prefix (`@temporalio/`, `node:`); left out: any. */
  packages?: readonly string[];
  /** Folders that `*` stands for do not import one another. */
  isApart?: true;
  reason: string;
};

export type ReachRule = {
  from: string;
  /** Packages that no chain of loaded imports may reach. */
  never: RegExp;
  reason: string;
};

/** The pure part of the runbook steps is domain code beside its effects. */
export const domainParts = [
  'domain',
  'domain/rules',
  'domain/oncall',
  'steps/*/step.ts',
  'steps/registry.ts',
];

/** The rule with the most folders in its name applies; `*` is any one folder: `domain/oncall` is not `domain`. */
export const folderRules: Readonly<Record<string, FolderRule>> = {
  domain: {
    may: ['domain/rules', 'domain/oncall', 'steps/registry.ts'],
    packages: [],
    reason:
      'domain runs again in every replay and in every process: a clock, a random number or a driver there breaks open incidents',
  },
  'domain/oncall': {
    may: ['domain'],
    packages: ['temporal-polyfill', 'moment-timezone', 'rrule-temporal'],
    reason: 'zone maths needs a time library and the zones themselves, and nothing else',
  },
  'domain/rules': {
    may: ['domain'],
    packages: ['@marcbachmann/cel-js'],
    reason: 'rules are CEL, their patterns RE2: not Turing-complete, without I/O, the same in every replay',
  },
  // Before `steps/*`, which fits them as well.
  'steps/registry.ts': {
    may: ['steps/*/step.ts'],
    types: ['domain'],
    packages: [],
    reason:
      'it runs in every replay, so it loads what is pure of a step and neither its schema nor its effect',
  },
  'steps/effects.ts': {
    may: ['steps/*'],
    types: ['ports', 'steps/registry.ts'],
    packages: [],
    reason: 'it lists the effects; only the worker loads it',
  },
  'steps/schemas.ts': {
    may: ['steps/*/schema.ts', 'steps/registry.ts'],
    types: ['contracts'],
    packages: [],
    reason: 'it lists the schemas; apart from the registry, because workflows load no zod',
  },
  'steps/*/schema.ts': {
    isApart: true,
    may: [...domainParts, 'contracts'],
    packages: ['zod'],
    reason: 'a schema is part of the contracts, beside the step that it describes',
  },
  'steps/*/step.ts': {
    isApart: true,
    may: ['domain'],
    packages: [],
    reason: 'the pure part of a step is domain code: it runs in every replay, and domain reads it',
  },
  'steps/*': {
    isApart: true,
    may: [...domainParts, 'shared'],
    types: ['ports'],
    packages: ['node:'],
    reason: 'an effect gets what it acts on through ports',
  },
  contracts: {
    may: [...domainParts, 'steps/schemas.ts'],
    packages: ['zod', 'yaml', 'diff'],
    reason: 'contracts are shared with the web page and the command line, where no server code can be loaded',
  },
  ports: {
    may: [],
    types: [...domainParts],
    packages: [],
    reason: 'ports are types that everybody may see',
  },
  workflows: {
    may: ['domain', 'domain/rules', 'steps/registry.ts', 'workflows/messages.ts'],
    types: ['activities', 'ports'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    reason:
      'a workflow is replayed: what it does not get as data or from an activity must not decide anything',
  },
  'workflows/messages.ts': {
    may: ['domain'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    reason: 'the relay loads it to name signals, so it must not bring the workflows along',
  },
  activities: {
    may: [...domainParts, 'shared', 'steps/effects.ts'],
    types: ['ports'],
    reason:
      'an activity gets its effects injected through ports; db, channels and egress are the business of the composition root',
  },
  'integrations/*/alerts': {
    may: [...domainParts, 'shared'],
    packages: [],
    reason: 'an inbound format turns bytes into alert signals and does nothing else',
  },
  'integrations/*/send': {
    may: [...domainParts, 'shared'],
    types: ['ports', 'config'],
    reason:
      'a channel delivers one message, with its times in the zone of whoever gets it; what was sent is known by the ledger, not by the channel',
  },
  'integrations/*/receive': {
    may: [
      ...domainParts,
      'contracts',
      'services',
      'http',
      'shared',
      'egress',
      // A mail reply is answered by mail, over the same relay.
      'integrations/*/send',
    ],
    types: ['ports', 'config'],
    reason:
      'a callback verifies its sender and hands over what a person said; what follows is decided elsewhere',
  },
  'integrations/alert-formats.ts': {
    may: ['integrations/*/alerts'],
    packages: [],
    reason: 'the list of inbound formats is loaded in threads that read bodies',
  },
  'integrations/channels.ts': {
    may: ['integrations/*/send', 'config'],
    types: ['ports'],
    packages: [],
    reason: 'the list of channels is loaded by worker and pager',
  },
  egress: {
    may: [],
    types: ['ports'],
    reason: 'the one outbound client knows addresses, not incidents',
  },
  db: {
    may: [...domainParts, 'shared', 'migrations'],
    types: ['ports'],
    reason:
      'stores and views are used by api, worker and pager alike; migrations are listed in the data source, without globs',
  },
  migrations: {
    may: [],
    packages: ['typeorm'],
    reason:
      'a migration must do tomorrow what it did on the day it was written, whatever the code has become',
  },
  dispatch: {
    may: ['domain', 'db', 'shared', 'egress', 'integrations/channels.ts'],
    types: ['ports', 'config'],
    packages: ['pino', 'typeorm', 'node:'],
    reason: 'what sends is put together in one way for worker and pager, and knows the least',
  },
  services: {
    // A sample message is read as its source's format reads it.
    may: [...domainParts, 'contracts', 'db', 'config', 'shared', 'integrations/alert-formats.ts'],
    reason: 'a service is what REST, pages and callbacks share, so it knows none of them',
  },
  http: {
    may: [...domainParts, 'contracts', 'services', 'db', 'shared'],
    types: ['config'],
    reason: 'what every way in by HTTP shares: who asks, what a body may be, how a refusal looks',
  },
  'web/styles': {
    may: [],
    packages: ['node:'],
    reason: 'a stylesheet knows no page',
  },
  'web/ui': {
    may: [...domainParts, 'services', 'web/styles'],
    reason: 'a component shows what a service answered; it asks nothing itself',
  },
  'web/app': {
    may: [...domainParts, 'contracts', 'services', 'http', 'shared', 'web/ui', 'web/styles'],
    types: ['config'],
    reason: 'a page shows what services answer, so that the API and the page cannot answer differently',
  },
  'web/web.module.ts': {
    may: ['services', 'web/app', 'web/links'],
    types: ['db'],
    reason: 'the list of pages, for the api',
  },
  'web/links': {
    may: [...domainParts, 'contracts', 'services', 'http', 'web/ui', 'web/styles'],
    reason:
      'a link page shows what services answer; what a press does is decided there, the same for every way',
  },
  api: {
    may: [
      ...domainParts,
      'contracts',
      'services',
      'http',
      'web/links',
      'web/ui',
      'web/styles',
      'web/web.module.ts',
      'db',
      'config',
      'shared',
      'egress',
      'integrations/*/alerts',
      'integrations/*/receive',
      'integrations/alert-formats.ts',
    ],
    reason: 'the api records and shows; calling channels or running workflows is for worker and pager',
  },
  worker: {
    may: [
      ...domainParts,
      'workflows/messages.ts',
      'activities',
      'steps/*',
      'dispatch',
      'db',
      'config',
      'shared',
    ],
    types: ['ports'],
    reason: 'the worker puts everything together except what people look at',
  },
  pager: {
    may: [...domainParts, 'dispatch', 'db', 'config', 'shared'],
    types: ['ports'],
    reason: 'the break-glass process works when everything else is broken, so it knows as little as it can',
  },
  embedded: {
    may: ['config'],
    reason: 'the supervisor starts processes; it must not become one of them',
  },
  config: { may: [], types: ['shared'], reason: 'every process reads it first, so it can depend on nothing' },
  shared: {
    may: ['domain'],
    reason: 'small things without a noun, which every layer may use',
  },
};

/** Checked through every loaded import; type imports load nothing. */
export const reachRules: readonly ReachRule[] = [
  {
    from: 'pager',
    never: /^@temporalio\//,
    reason: 'the pager sends due deliveries while Temporal is down, and must not share its faults',
  },
  {
    from: 'workflows',
    never: /^(?!@temporalio\/(?:workflow|common)(?:\/|$)|@marcbachmann\/cel-js(?:\/|$))/,
    reason: 'what a workflow reaches is replayed: zone data, clocks and Node modules differ between two runs',
  },
  {
    from: 'domain',
    never: /^(?!(?:temporal-polyfill|moment-timezone|rrule-temporal|@marcbachmann\/cel-js)(?:\/|$))/,
    reason: 'domain is pure: data in, data out',
  },
  {
    from: 'contracts',
    never: /^(?:node:|@temporalio\/|@nestjs\/|typeorm|pg$)/,
    reason: 'contracts are loaded by the browser as well',
  },
];

/** These may import everything: they assemble the parts, and no shipped code imports them. */
export const testFolders: readonly string[] = ['test', 'bench'];
