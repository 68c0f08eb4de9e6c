import { describe, expect, it } from '@jest/globals';
import { renderLongText, renderMessage, renderShortText, renderSubject } from './render.js';
import { approvalMessage, noticeMessage, pageMessage, reviewMessage } from '../testing/messages.js';

describe('the subject', () => {
  it('names priority, incident, title and service, the same for every kind of message', () => {
    const subject = '[P1] INC-42 Replica lag 900 s – checkout-db';
    expect(
      [pageMessage({ cycle: 2, possibleDuplicate: true }), approvalMessage, reviewMessage, noticeMessage].map(
        renderSubject,
      ),
    ).toEqual(Array(4).fill(subject));
  });

  it('says DRILL first, and leaves out a service that is not known', () => {
    expect(renderSubject(pageMessage({ incident: { drill: true, service: null } }))).toBe(
      'DRILL [P1] INC-42 Replica lag 900 s',
    );
  });

  it('is one line of bounded length, whatever an alert put into the title', () => {
    const title = `a\r\nBcc: evil@example.com\u0000\u202e${'🔥'.repeat(400)}`;
    const subject = renderSubject(pageMessage({ incident: { title } }));
    expect(subject).toMatch(/^\[P1\] INC-42 a Bcc: evil@example\.com 🔥+… – checkout-db$/u);
    expect(Array.from(subject).length).toBeLessThan(200);
  });
});

describe('the text', () => {
  it('of a page says who, what, why and where to answer', () => {
    expect(renderLongText(pageMessage({ bridge: 'https://meet.example.com/x' })))
      .toBe(`Ana Sorel, you are being paged.

Replica lag 900 s

Incident:   INC-42, P1, triggered
Service:    checkout-db
Since:      2026-11-22 22:09 UTC
Why P1:     severity is critical; checkout-db is tier 1
Escalation: step 1
Bridge:     https://meet.example.com/x

Respond: https://tocsin.example.com/l/abc
Incident: https://tocsin.example.com/incidents/INC-42
`);
  });

  it('begins with what changes its meaning', () => {
    const lines = renderLongText(pageMessage({ possibleDuplicate: true, incident: { drill: true } })).split(
      '\n',
    );
    expect(lines[0]).toMatch(/^DRILL: this is an exercise/);
    expect(lines[2]).toBe('May be a repeat of an earlier message.');
  });

  it('of a page that carries others names each of them, with its own link', () => {
    const message = pageMessage({
      alsoPaged: [
        { number: 'INC-5', title: 'Disk\nfull', priority: 'P2', link: 'https://tocsin.example.com/l/five' },
        { number: 'INC-6', title: 'Queue grows', priority: 'P3', link: 'https://tocsin.example.com/l/six' },
      ],
    });
    expect(renderLongText(message)).toContain(
      '2 more incidents: INC-5, INC-6.\n  [P2] INC-5 Disk full: https://tocsin.example.com/l/five\n  [P3] INC-6 Queue grows: https://tocsin.example.com/l/six\n',
    );
    expect(renderMessage(message).lead).toBe('Ana Sorel, you are being paged for 3 incidents.');
    expect(renderShortText(message)).toContain('And 2 more incidents.');
  });

  it('fits the kind of message', () => {
    expect(renderMessage(approvalMessage)).toMatchObject({
      lead: 'Ana Sorel, a runbook step waits for your approval.',
      body: 'Drain db-2?\nIt takes 2 minutes.',
      action: 'Approve or reject',
      facts: expect.arrayContaining([{ name: 'Answer by', value: '2026-11-22 22:25 UTC' }]),
    });
    expect(renderMessage(reviewMessage)).toMatchObject({
      action: 'Review',
      facts: expect.arrayContaining([{ name: 'Review by', value: '2026-11-25 17:00 UTC' }]),
    });
    expect(renderMessage(noticeMessage)).toMatchObject({ action: 'Open', body: 'Drained.' });
    expect(renderMessage(pageMessage({ cycle: 1 })).lead).toBe(
      'Ana Sorel, you are being paged again: nobody has it yet.',
    );
  });

  it('has a short form with the link', () => {
    expect(renderShortText(pageMessage({ possibleDuplicate: true, incident: { drill: true } }))).toBe(
      'DRILL [P1] INC-42 Replica lag 900 s – checkout-db. May be a repeat of an earlier message. https://tocsin.example.com/l/abc',
    );
  });
});
