/** Renders a message as HTML for mail programs, light and dark, phones and screen readers. Pure. */
import { isContactMessage, type OutgoingMessage } from '../../../domain/delivery/message.js';
import { linksIn } from '../../../domain/shared/plain-text.js';
import { renderAlsoPaged, renderMessage } from '../../shared/send/render.js';

/** Blue on white text is 5.2:1, purple 5.7:1 (WCAG AA requires 4.5:1); grey borders are visible on both backgrounds. */
const BLUE = '#2563eb';
const PURPLE = '#7c3aed';
const GREY = '#8b93a1';

/** Tables and inline styles for old Outlook; `color-scheme` prevents dark mode from changing colours. */
export function renderHtml(message: OutgoingMessage): string {
  const { subject, lead, notices, facts, body, description, fields, action } = renderMessage(message);
  const { drill, title } = message.incident;
  const frame = drill ? `4px solid ${PURPLE}` : `1px solid ${GREY}`;
  const rows = [...facts, ...fields].map(
    ({ name, value }) =>
      `<tr><th align="left" valign="top" style="padding:4px 16px 4px 0;font-weight:600;white-space:nowrap">${escapeHtml(name)}</th>` +
      `<td valign="top" style="padding:4px 0">${linked(value)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark){.link{color:#93c5fd!important}}</style>
</head>
<body style="margin:0;padding:16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.5">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;border:${frame};border-radius:8px">
${drill ? `<tr><td bgcolor="${PURPLE}" style="padding:8px 24px;background:${PURPLE};color:#ffffff;font-weight:700;letter-spacing:2px">DRILL</td></tr>\n` : ''}<tr><td style="padding:24px">
${notices.map((notice) => `<p style="margin:0 0 16px;font-weight:600">${escapeHtml(notice)}</p>\n`).join('')}<p style="margin:0 0 8px">${escapeHtml(lead)}</p>
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${escapeHtml(title)}</h1>
${description === null ? '' : `<p style="margin:0 0 16px">${linkedText(description)}</p>\n`}${body === null ? '' : `<p style="margin:0 0 16px;padding:12px 16px;border-left:4px solid ${GREY}">${escapeHtml(body).replaceAll('\n', '<br>')}</p>\n`}<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 24px"><tr><td bgcolor="${drill ? PURPLE : BLUE}" style="background:${drill ? PURPLE : BLUE};border-radius:6px"><a href="${escapeHtml(message.links.respond)}" style="display:inline-block;padding:14px 32px;color:#ffffff;font-size:18px;font-weight:700;text-decoration:none">${escapeHtml(action)}</a></td></tr></table>
<table cellpadding="0" cellspacing="0" border="0" style="font-size:15px">${rows.join('\n')}</table>
${alsoPaged(message)}${incidentLink(message)}
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

/** External text: web addresses become links, everything else is escaped. */
const linkedText = (text: string): string =>
  linksIn(text)
    .map((part) =>
      part.kind === 'link' ? linked(part.text) : escapeHtml(part.text).replaceAll('\n', '<br>'),
    )
    .join('');

const incidentLink = (message: OutgoingMessage): string =>
  isContactMessage(message)
    ? ''
    : `<p style="margin:24px 0 0;font-size:14px"><a class="link" href="${escapeHtml(message.links.incident)}" style="color:${BLUE}">Open ${escapeHtml(message.incident.number)}</a></p>`;

/** The other incidents of the same page, each with its own link. */
function alsoPaged(message: OutgoingMessage): string {
  const items = renderAlsoPaged(message).map(
    ({ text, link }) =>
      `<li style="margin:0 0 8px"><a class="link" href="${escapeHtml(link)}" style="color:${BLUE}">${escapeHtml(text)}</a></li>`,
  );
  return items.length === 0
    ? ''
    : `<h2 style="margin:24px 0 8px;font-size:16px">Also yours</h2>\n<ul style="margin:0;padding:0 0 0 20px;font-size:15px">${items.join('\n')}</ul>\n`;
}

/** A value that is entirely a web address becomes a link; addresses inside other text do not. */
function linked(value: string): string {
  const text = escapeHtml(value);
  return /^https?:\/\/[^\s<>"]+$/.test(value)
    ? `<a class="link" href="${text}" style="color:${BLUE}">${text}</a>`
    : text;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
