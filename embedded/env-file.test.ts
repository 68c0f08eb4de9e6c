import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

const folder = mkdtempSync(join(tmpdir(), 'tocsin-env-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The environment that `npm start` makes of this file and this environment. */
function read(text: string, env: Record<string, string>): { env?: Record<string, string>; error?: string } {
  const file = join(folder, '.env');
  writeFileSync(file, text);
  const script = `
    import { readEnvFile } from ${JSON.stringify(join(import.meta.dirname, 'setup', 'env-file.mjs'))};
    const env = ${JSON.stringify(env)};
    try { readEnvFile(env, ${JSON.stringify(file)}); console.log(JSON.stringify({ env })); }
    catch (error) { console.log(JSON.stringify({ error: error.message })); }`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  ) as {
    env?: Record<string, string>;
    error?: string;
  };
}

describe('.env of npm start', () => {
  it('fills in what the environment leaves out, and overrides nothing', () => {
    const text =
      '# a comment\nPORT=4000\nexport SMTP_URL="smtp://a b"\nTOCSIN_URL=\nDATABASE_URL=from-the-file\n';
    expect(read(text, { PORT: '5000', DATABASE_URL: ' ' })).toEqual({
      env: { PORT: '5000', SMTP_URL: 'smtp://a b', DATABASE_URL: 'from-the-file' },
    });
  });

  it('names each line that is wrong, and no value', () => {
    const { error } = read('PORT=4000\nSMTP_URL smtp://user:secret@host\nTOKEN="secret\n1X=secret\n', {});
    expect(error).toContain('line 2: "SMTP_URL" is not NAME=value');
    expect(error).toContain('line 3: the quote in TOKEN is not closed');
    expect(error).toContain('line 4: "1X" is not NAME=value');
    expect(error).not.toContain('secret');
  });

  it('may be left out', () => {
    expect(read('', { PORT: '1' })).toEqual({ env: { PORT: '1' } });
  });
});
