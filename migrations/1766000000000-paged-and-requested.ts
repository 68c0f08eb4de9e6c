/** Members of an incident's state are named with the words of docs/glossary.md: the people paged, and a retry requested. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of an escalation (a list of people) and of a runbook step. A quotation mark inside a text is escaped, so only members match. */
const members = [
  ['"asked": [', '"paged": ['],
  ['"asked": null', '"requested": null'],
  ['"asked": "retry"', '"requested": "retry"'],
] as const;

async function rename(runner: QueryRunner, from: 0 | 1, to: 0 | 1): Promise<void> {
  const renamed = members.reduce(
    (text, names) => `replace(${text}, '${names[from]}', '${names[to]}')`,
    'state::text',
  );
  await runner.query(`UPDATE incident SET state = (${renamed})::jsonb WHERE state::text <> ${renamed}`);
}

export class PagedAndRequested1766000000000 implements MigrationInterface {
  up(runner: QueryRunner): Promise<void> {
    return rename(runner, 0, 1);
  }

  down(runner: QueryRunner): Promise<void> {
    return rename(runner, 1, 0);
  }
}
