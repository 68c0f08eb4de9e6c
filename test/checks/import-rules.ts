/** Allowed imports per folder, with the reason (docs/architecture.md, Folders). An import not listed is an error. */

export type FolderRule = {
  /** Allowed folders or single files of this project; every folder may import itself. */
  may: readonly string[];
  /** Folders of which only types may be imported. */
  types?: readonly string[];
  /** Packages by name or prefix (`@temporalio/`, `node:`); left out: any. */
  packages?: readonly string[];
  reason: string;
};

export type ReachRule = {
  from: string;
  /** Packages that no chain of loaded imports may reach. */
  never: RegExp;
  reason: string;
};

/**
 * The longest matching key is a path's node: `domain/oncall` is not `domain`, `activities/ports.ts` is not
 * `activities`.
 */
export const folderRules: Readonly<Record<string, FolderRule>> = {
  domain: {
    may: ['domain/rules', 'domain/oncall'],
    packages: [],
    reason:
      'domain runs again in every replay and in every process: a clock, a random number or a driver there breaks open incidents',
  },
  'domain/oncall': {
    may: ['domain'],
    packages: ['temporal-polyfill', 'moment-timezone'],
    reason: 'zone maths needs a time library and the zones themselves, and nothing else',
  },
  'domain/rules': {
    may: ['domain'],
    packages: ['@marcbachmann/cel-js'],
    reason: 'rules are CEL: not Turing-complete, without I/O, the same in every replay',
  },
  contracts: {
    may: ['domain', 'domain/rules', 'domain/oncall'],
    packages: ['zod', 'yaml', 'diff'],
    reason: 'contracts are shared with the web page and the command line, where no server code can be loaded',
  },
  workflows: {
    may: ['domain', 'domain/rules', 'workflows/messages.ts'],
    types: ['activities', 'activities/ports.ts'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    reason:
      'a workflow is replayed: what it does not get as data or from an activity must not decide anything',
  },
  'workflows/messages.ts': {
    may: ['domain'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    reason: 'the api loads it to name signals, so it must not bring the workflows along',
  },
  activities: {
    may: ['domain', 'domain/rules', 'domain/oncall', 'activities/ports.ts'],
    reason:
      'an activity gets its effects injected through ports; db, channels and egress are the business of the composition root',
  },
  'activities/ports.ts': {
    may: ['domain'],
    types: ['domain/rules', 'domain/oncall', 'contracts'],
    packages: [],
    reason: 'ports are types that everybody may see',
  },
  sources: {
    may: ['domain', 'contracts'],
    packages: [],
    reason: 'a source turns bytes into alert signals and does nothing else',
  },
  channels: {
    may: ['domain', 'domain/oncall', 'activities/ports.ts', 'config', 'channels/email'],
    reason:
      'a channel delivers one message, with its times in the zone of whoever gets it; what was sent is known by the ledger, not by the channel',
  },
  'channels/email': {
    may: ['domain', 'activities/ports.ts', 'config', 'channels'],
    reason: 'mail goes over one relay: pages, and the answers that the api gives to answers',
  },
  egress: {
    may: ['config', 'activities/ports.ts'],
    reason: 'the one outbound client knows addresses, not incidents',
  },
  db: {
    may: ['domain', 'domain/rules', 'domain/oncall', 'activities/ports.ts', 'config', 'migrations'],
    types: ['contracts'],
    reason:
      'stores and views are used by api, worker and pager alike; migrations are listed in the data source, without globs',
  },
  migrations: {
    may: [],
    packages: ['typeorm'],
    reason:
      'a migration must do tomorrow what it did on the day it was written, whatever the code has become',
  },
  api: {
    may: [
      'domain',
      'domain/rules',
      'domain/oncall',
      'contracts',
      'db',
      'sources',
      'config',
      'egress',
      'workflows/messages.ts',
      // A mail reply is answered by mail, over the same relay.
      'channels/email',
    ],
    types: ['activities/ports.ts'],
    reason: 'the api records and shows; calling channels or running workflows is for worker and pager',
  },
  worker: {
    may: [
      'domain',
      'domain/rules',
      'domain/oncall',
      'contracts',
      'workflows',
      'workflows/messages.ts',
      'activities',
      'activities/ports.ts',
      'sources',
      'channels',
      'egress',
      'db',
      'config',
      'pager/outbound.ts',
    ],
    reason: 'the worker puts everything together except what people look at',
  },
  'pager/outbound.ts': {
    may: ['domain', 'db', 'channels', 'config', 'egress'],
    types: ['activities/ports.ts'],
    packages: ['pino', 'typeorm'],
    reason: 'what sends is put together in one way, and the pager’s is the one that knows the least',
  },
  pager: {
    may: [
      'pager/outbound.ts',
      'domain',
      'domain/rules',
      'domain/oncall',
      'db',
      'channels',
      'config',
      'egress',
    ],
    types: ['activities/ports.ts'],
    reason: 'the break-glass process works when everything else is broken, so it knows as little as it can',
  },
  embedded: {
    may: ['config', 'contracts'],
    reason: 'the supervisor starts processes; it must not become one of them',
  },
  web: { may: ['contracts'], reason: 'the browser talks HTTP' },
  cli: { may: ['contracts'], reason: 'the command line uses the public HTTP API, as everybody can' },
  config: { may: [], reason: 'every process reads it first, so it can depend on nothing' },
};

/** Checked through every loaded import; type imports load nothing. */
export const reachRules: readonly ReachRule[] = [
  {
    from: 'pager',
    never: /^@temporalio\//,
    reason: 'the pager sends what is owed while Temporal is down, and must not share its faults',
  },
  {
    from: 'workflows',
    never: /^(?!@temporalio\/(?:workflow|common)(?:\/|$)|@marcbachmann\/cel-js(?:\/|$))/,
    reason: 'what a workflow reaches is replayed: zone data, clocks and Node modules differ between two runs',
  },
  {
    from: 'domain',
    never: /^(?!(?:temporal-polyfill|moment-timezone|@marcbachmann\/cel-js)(?:\/|$))/,
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
