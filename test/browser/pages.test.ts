/**
 * The whole life of the practice incident in a browser without script: through the links in messages, and signed in.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { DigestReply } from '../../contracts/api/digest.js';
import { eventually } from '../harness/eventually.js';
import { startDemoStack, type DemoStack } from './demo-stack.js';
import { complaints, type Session, takePicture, visit } from './browser-user.js';

let scene: DemoStack;
let session: Session;

beforeAll(async () => {
  scene = await startDemoStack();
}, 120_000);

afterAll(async () => {
  await scene.end();
});

const phone = { size: 'phone', theme: 'light' } as const;
const desktop = { size: 'desktop', theme: 'light' } as const;

const at = (path: string): string => `${scene.tocsin.url}${path}`;

/** The notices of the page. */
const said = async (page: Page): Promise<string> => (await page.locator('.note').allInnerTexts()).join('\n');

const decide = async (page: Page, decision: string): Promise<string> => {
  await page.locator(`button[name=decision][value=${decision}]`).click();
  return said(page);
};

const onLink = <T>(url: string, work: (page: Page) => Promise<T>): Promise<T> =>
  visit(scene.browser, url, phone, work);

const signedIn = <T>(path: string, work: (page: Page) => Promise<T>): Promise<T> =>
  visit(scene.browser, at(path), { ...desktop, session }, work);

describe('the first admin', () => {
  it('is made once, by a link that looking does not use up', async () => {
    const link = await scene.setupLink();
    for (let look = 0; look < 3; look++) expect((await fetch(link)).status).toBe(200);
    expect((await fetch(link, { method: 'HEAD' })).status).toBe(200);
    expect(await complaints(scene.browser, link)).toEqual([]);
    session = await onLink(link, async (page) => {
      await page.fill('#displayName', 'Rosa Alvarez');
      await page.fill('#name', 'rosa');
      await page.fill('#email', 'rosa@example.com');
      await page.fill('#timezone', 'Europe/Berlin');
      await page.locator('button[type=submit]').click();
      expect(new URL(page.url()).pathname).toBe('/');
      return page.context().storageState();
    });
    expect((await fetch(link)).status).toBe(410);
    expect(await complaints(scene.browser, link)).toEqual([]);
  }, 240_000);

  it('is needed for everything but links and the way in', async () => {
    for (const path of [
      '/',
      '/incidents',
      `/incidents/${scene.number}`,
      '/mailbox',
      '/drills',
      '/on-call',
      '/people',
    ]) {
      const answer = await fetch(at(path), { redirect: 'manual' });
      expect([path, answer.status, answer.headers.get('location')]).toEqual([
        path,
        303,
        `/sign-in?to=${encodeURIComponent(path)}`,
      ]);
    }
    expect(await complaints(scene.browser, at('/sign-in'))).toEqual([]);
  }, 240_000);
});

describe('a page', () => {
  it('is not answered by who only looks: mail scanners, unfurl bots, prefetch', async () => {
    const link = await scene.letter('ana', 'page.requested');
    const before = await scene.incident();
    for (let look = 0; look < 10; look++) {
      expect((await fetch(link)).status).toBe(200);
      expect((await fetch(link, { method: 'HEAD' })).status).toBe(200);
    }
    const after = await scene.incident();
    expect([after.status, after.commander]).toEqual([before.status, before.commander]);
  });

  it('comes in one request of at most 15 KB that nothing can be loaded or run from', async () => {
    const link = await scene.letter('ana', 'page.requested');
    const answer = await fetch(link);
    expect((await answer.arrayBuffer()).byteLength).toBeLessThanOrEqual(15 * 1024);
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'nonce-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'/,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    const requests: string[] = [];
    await visit(scene.browser, 'about:blank', { ...phone, script: true }, async (page) => {
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(link, { waitUntil: 'networkidle' });
    });
    expect(requests).toEqual([link]);
  });

  it('is acknowledged with one tap; the second tap and a reload are harmless', async () => {
    const link = await scene.letter('ana', 'page.requested');
    expect(await complaints(scene.browser, link)).toEqual([]);
    await takePicture(scene.browser, 'link-page-phone', link, phone);
    await takePicture(scene.browser, 'link-page-phone-dark', link, { size: 'phone', theme: 'dark' });
    const nonce = await onLink(link, async (page) => {
      const value = await page.locator('input[name=nonce]').first().inputValue();
      expect(await decide(page, 'acknowledge')).toContain('You have it');
      await page.reload();
      expect(await said(page)).toContain('You have it');
      return value;
    });
    const before = await scene.incident();
    expect(before.status).toBe('acknowledged');
    expect(before.commander).toBe('ana');
    const again = await fetch(link, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ nonce, decision: 'escalate' }),
    });
    // Another command with the form that acknowledged: refused with a message.
    expect(again.status).toBe(409);
    expect((await scene.incident()).status).toBe('acknowledged');
    expect(await complaints(scene.browser, link)).toEqual([]);
  }, 240_000);

  it('tells the next person who was faster', async () => {
    const words = await onLink(await scene.letter('faye', 'page.requested'), (page) =>
      decide(page, 'acknowledge'),
    );
    expect(words).toContain('Ana Sorel has it');
    expect(words).toMatch(/faster; you are on it too/);
  });

  it('without a nonce that it gave out decides nothing', async () => {
    const link = await scene.letter('ana', 'page.requested');
    const answer = await fetch(link, {
      method: 'POST',
      body: new URLSearchParams({ nonce: 'made-up', decision: 'escalate' }),
    });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain('Please press again');
  });

  it('is nowhere behind a link that nobody was sent', async () => {
    const answer = await fetch(at('/l/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'));
    expect(answer.status).toBe(404);
    const short = await fetch(at('/l/x'));
    const withoutNonce = (html: string): string => html.replace(/nonce="[^"]*"/, '');
    expect(withoutNonce(await short.text())).toBe(withoutNonce(await answer.text()));
    expect(await complaints(scene.browser, at('/l/nothing-is-behind-this'))).toEqual([]);
  }, 240_000);
});

describe('an approval', () => {
  it('shows the exact inputs and is bound to them', async () => {
    const link = await scene.letter('bo', 'approval.requested');
    expect(await complaints(scene.browser, link)).toEqual([]);
    await takePicture(scene.browser, 'link-approval-phone', link, phone);
    await onLink(link, async (page) => {
      expect(await page.locator('main').innerText()).toContain('replica-2');
      const nonce = await page.locator('input[name=nonce]').inputValue();
      const forged = await fetch(link, {
        method: 'POST',
        body: new URLSearchParams({ nonce, decision: 'approve', digest: '0'.repeat(64) }),
      });
      expect(forged.status).toBe(409);
      expect(await forged.text()).toContain('has changed since it was shown');
      await page.reload();
      expect(await decide(page, 'approve')).toContain('Approved by Bo Lindqvist');
    });
    expect(await onLink(await scene.letter('cleo', 'approval.requested'), said)).toContain(
      'Approved by Bo Lindqvist',
    );
    expect(await complaints(scene.browser, link)).toEqual([]);
  }, 240_000);
});

describe('the signed-in pages', () => {
  it('refuse forms of other sites and of other sessions', async () => {
    const cookie = session.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const post = (headers: Record<string, string>, csrf: string) =>
      fetch(at(`/incidents/${scene.number}/notes`), {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie, ...headers },
        body: new URLSearchParams({ csrf, text: 'from elsewhere' }),
      });
    expect((await post({ origin: 'https://evil.example' }, '')).status).toBe(403);
    expect((await post({ origin: scene.tocsin.url }, 'made-up')).status).toBe(403);
    expect((await post({}, '')).status).toBe(403);
  });

  it('show the incident, its runbook and its buttons; what people write stays text', async () => {
    await signedIn(`/incidents/${scene.number}`, async (page) => {
      await page.locator('summary', { hasText: 'Add a note' }).click();
      await page.fill('#note-text', '<script>alert(1)</script> & <img src=x>');
      await page.locator('button', { hasText: 'Add note' }).click();
      expect(await page.locator('#timeline + .log').innerText()).toContain(
        '<script>alert(1)</script> & <img src=x>',
      );
      expect(await page.locator('img, script').count()).toBe(0);
    });
    await eventually(
      () => signedIn(`/incidents/${scene.number}`, (page) => page.locator('button[value=complete]').count()),
      {
        what: 'the manual step',
        timeoutMs: 30_000,
      },
    );
    for (const path of [
      '/',
      '/incidents?show=all',
      `/incidents/${scene.number}`,
      '/mailbox',
      '/drills',
      '/on-call',
      '/people',
      '/system',
      '/heartbeats',
      '/sources',
      '/sources/try-it',
      '/alerts',
      '/alerts?state=held',
      '/watches',
      '/watches/search-latency',
      '/silences',
      '/maintenance',
      '/reviews',
      '/digests/D-1',
      '/incidents/INC-999',
    ])
      expect(await complaints(scene.browser, at(path), session)).toEqual([]);
    const alert = await signedIn('/alerts', (page) =>
      page.locator('td a[href^="/alerts/"]').first().getAttribute('href'),
    );
    if (alert === null) throw new Error('the list has no alert');
    expect(await complaints(scene.browser, at(alert), session)).toEqual([]);
    await takePicture(scene.browser, 'alerts', at('/alerts'), { ...desktop, session });
    await takePicture(scene.browser, 'alert', at(alert), { ...desktop, session });
    await takePicture(scene.browser, 'alert-phone', at(alert), { ...phone, session });
    await takePicture(scene.browser, 'home', at('/'), { ...desktop, session });
    await takePicture(scene.browser, 'watch', at('/watches/search-latency'), { ...desktop, session });
    await takePicture(scene.browser, 'incident', at(`/incidents/${scene.number}`), { ...desktop, session });
    await takePicture(scene.browser, 'incident-dark', at(`/incidents/${scene.number}`), {
      size: 'desktop',
      theme: 'dark',
      session,
    });
    await takePicture(scene.browser, 'incident-phone', at(`/incidents/${scene.number}`), {
      ...phone,
      session,
    });
    await takePicture(scene.browser, 'mailbox', at('/mailbox'), { ...desktop, session });
    await takePicture(scene.browser, 'drills', at('/drills'), { ...desktop, session });
    await takePicture(scene.browser, 'on-call', at('/on-call'), { ...desktop, session });
    await takePicture(scene.browser, 'silences', at('/silences'), { ...desktop, session });
    await takePicture(scene.browser, 'source', at('/sources/try-it'), { ...desktop, session });
    await takePicture(scene.browser, 'reviews', at('/reviews'), { ...desktop, session });
  }, 240_000);

  it('declare an incident with a title alone', async () => {
    await signedIn('/incidents', async (page) => {
      await page.fill('#title', 'Carts are empty <b>again</b>');
      await page.locator('button', { hasText: 'Declare and page' }).click();
      expect(await page.locator('h1').innerText()).toBe('Carts are empty <b>again</b>');
      await page.locator('summary', { hasText: 'Resolve' }).click();
      await page.locator('form[action$="/resolve"] button').click();
      expect(await page.locator('.tags').first().innerText()).toContain('Resolved');
    });
  });

  it('make a sign-in link for somebody else', async () => {
    const link = await signedIn('/people', async (page) => {
      await page.locator('form[action="/people/mira/sign-in-link"] button').click();
      return page.locator('#made').inputValue();
    });
    await onLink(link, async (page) => {
      await page.locator('button', { hasText: 'Sign in as Mira Haddad' }).click();
      expect(await page.locator('.me').innerText()).toContain('Mira Haddad');
      expect((await page.goto(at('/people')))?.status()).toBe(403);
    });
  });

  it('finish the runbook and resolve', async () => {
    await signedIn(`/incidents/${scene.number}`, async (page) => {
      await decide(page, 'complete');
      await page.locator('summary', { hasText: 'Resolve' }).click();
      await page.fill('#resolve-comment', 'Drained replica-2; the lag is gone');
      await page.locator('form[action$="/resolve"] button').click();
      expect(await page.locator('.tags').first().innerText()).toContain('Resolved');
    });
  });
});

describe('the post-mortem', () => {
  const path = (): string => `/incidents/${scene.number}/postmortem`;

  it('says what is missing, keeps what was written and goes to the reviewers', async () => {
    await eventually(() => signedIn(path(), (page) => page.locator('#summary').count()), {
      what: 'the draft',
      timeoutMs: 30_000,
    });
    await signedIn(path(), async (page) => {
      await page.fill('#rootCauses', 'The nightly export ran without a limit.');
      expect(await decide(page, 'submit')).toContain('What went well, What went badly, Lessons');
      expect(await page.locator('#rootCauses').inputValue()).toBe('The nightly export ran without a limit.');
      await page.fill('#wentWell', 'The page arrived within a second.');
      await page.fill('#wentBadly', 'The dashboard did not say which replica reads went to.');
      await page.fill('#lessons', 'Exports need a budget.');
      await page.fill('#item-0-title', 'Limit the nightly export to 20 MB/s');
      await page.selectOption('#item-0-owner', 'ana');
      await page.fill('#item-0-due', new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10));
      expect(await decide(page, 'submit')).toContain('In review');
    });
    expect(await complaints(scene.browser, at(path()), session)).toEqual([]);
    await takePicture(scene.browser, 'postmortem', at(path()), { ...desktop, session });
  }, 240_000);

  it('is sent back with a comment, and the form waits for one', async () => {
    const link = await scene.letter('dana', 'review.requested');
    expect(await complaints(scene.browser, link)).toEqual([]);
    await takePicture(scene.browser, 'link-review-phone', link, phone);
    await onLink(link, async (page) => {
      expect(await decide(page, 'request_changes')).toContain('Say in the comment what has to change');
      await page.fill('#comment', 'How many orders were late?');
      expect(await decide(page, 'delegate')).toContain('Choose the person');
      expect(await page.locator('#comment').inputValue()).toBe('How many orders were late?');
      expect(await decide(page, 'request_changes')).toContain('You requested changes');
    });
  }, 240_000);

  it('is read again with what has changed, approved, and closes the incident', async () => {
    const known = [
      await scene.letter('dana', 'review.requested'),
      await scene.letter('ana', 'review.requested'),
    ];
    await signedIn(path(), async (page) => {
      await page.fill('#usersAffected', 'About 40 customers saw stale carts; nobody lost an order.');
      expect(await decide(page, 'submit')).toContain('In review');
    });
    const link = await scene.letter('dana', 'review.requested', known);
    await onLink(link, async (page) => {
      expect(await page.locator('ins').innerText()).toContain('About 40 customers');
      expect(await page.locator('del').innerText()).toContain('unknown');
      expect(await decide(page, 'approve')).toContain('You approved it');
    });
    expect(
      await onLink(await scene.letter('ana', 'review.requested', known), (page) => decide(page, 'approve')),
    ).toContain('is closed');
    expect((await scene.incident()).status).toBe('closed');
    expect(await complaints(scene.browser, link)).toEqual([]);
    expect(await complaints(scene.browser, at(`/incidents/${scene.number}`), session)).toEqual([]);
  }, 240_000);

  it('leaves links that tell how it ended and decide nothing', async () => {
    const link = await scene.letter('ana', 'page.requested');
    await onLink(link, async (page) => {
      expect(await said(page)).toContain('is closed');
      expect(await page.locator('button').count()).toBe(0);
    });
    await scene.tocsin.sql(
      `UPDATE link_token SET revoked_at = tocsin_now() WHERE person = 'ana' AND kind = 'page'`,
    );
    expect(await onLink(link, said)).toContain('revoked');
  });
});

describe('the digest', () => {
  it('is approved by the link in one form, without what was pulled out', async () => {
    const { reviewer } = await scene.tocsin.ask(DigestReply, 'GET', '/api/v1/digests/D-1');
    const link = await scene.letter(reviewer ?? 'nobody', 'review.requested');
    expect(await complaints(scene.browser, link)).toEqual([]);
    await takePicture(scene.browser, 'link-digest-phone', link, phone);
    await onLink(link, async (page) => {
      expect(await page.locator('input[name=pull]').count()).toBe(6);
      expect(await decide(page, 'approve')).toContain('Say in one sentence');
      await page.locator('input[name=pull]').nth(4).check();
      await page.fill('#reason', 'Nodes do not restart by themselves');
      expect(await decide(page, 'pull_out')).not.toContain('Say');
      expect(await page.locator('input[name=pull]').count()).toBe(5);
      expect(await page.locator('main').innerText()).toContain(
        'pulled out: Nodes do not restart by themselves',
      );
      await page.fill('#comment', 'Short disturbances after the deploy; the probe now waits 30 s.');
      expect(await decide(page, 'approve')).toContain('pproved');
    });
    await eventually(
      async () =>
        (await scene.tocsin.ask(DigestReply, 'GET', '/api/v1/digests/D-1')).status === 'approved' ||
        undefined,
      { what: 'the end of the digest' },
    );
    await signedIn('/digests/D-1', async (page) => {
      expect(await said(page)).toContain('the probe now waits 30 s');
      expect(await page.locator('input[name=pull]').count()).toBe(0);
    });
    expect(await complaints(scene.browser, link)).toEqual([]);
    expect(await complaints(scene.browser, at('/digests/D-1'), session)).toEqual([]);
  }, 240_000);
});

describe('signing out', () => {
  it('ends the session', async () => {
    await signedIn('/', async (page) => {
      await page.locator('button', { hasText: 'Sign out' }).click();
      expect(new URL(page.url()).pathname).toBe('/sign-in');
    });
    await signedIn('/', async (page) => expect(new URL(page.url()).pathname).toBe('/sign-in'));
  });
});
