import { z } from 'zod';
import { webUrl } from './fields.js';
import { oneKind } from './one-kind.js';

const SAY =
  'say {url: "https://…"} for one address, {jitsi: "https://meet.example.com"} for a room per incident, or false';

/** Rooms and passwords in the address would otherwise be read on the way. */
const httpsUrl = webUrl.refine((text) => /^https:/i.test(text), {
  error: 'an address that begins with https://',
});

const jitsi = httpsUrl.refine((text) => !/[?#]/.test(text), {
  error: 'the address of the server, such as https://meet.example.com; the room is added to it',
});

const byKind = oneKind(['url', 'jitsi']);

/** A bare address is short for `{url}`. */
export const bridge = z
  .union(
    [
      z.literal(false),
      httpsUrl,
      z.strictObject({ url: httpsUrl.meta({ description: 'One address for every incident.' }) }),
      z.strictObject({
        jitsi: jitsi.meta({
          description: 'A Jitsi server: each incident gets a room whose name nobody can guess.',
          examples: ['https://meet.example.com'],
        }),
      }),
    ],
    {
      error: (issue) => {
        if (issue.input === true) return `true names no bridge: ${SAY}`;
        return typeof issue.input === 'string' || typeof issue.input === 'object' ? byKind(issue) : SAY;
      },
    },
  )
  .meta({
    id: 'Bridge',
    description: 'Where responders talk; on the incident, on every page and in its messages. false: none.',
  });
