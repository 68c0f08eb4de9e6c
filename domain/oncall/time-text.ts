/** Formats instants in sentences and messages in the reader's zone, with the zone's name. An unknown zone is shown as UTC. */
import { wallDate } from './zone-data.js';
import { zoneName } from './zone-name.js';

/** `2026-11-22 23:10 CET`. */
export const minuteText = (instant: string, zone = 'UTC'): string =>
  `${wallDate(zone, instant).toISOString().slice(0, 16).replace('T', ' ')} ${zoneName(zone, instant)}`;

/** `23:10 CET`. */
export const clockText = (instant: string, zone = 'UTC'): string => minuteText(instant, zone).slice(11);

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** Replaces the instants of a sentence by times in a zone. */
export const withTimesIn = (text: string, zone = 'UTC'): string =>
  text.replace(INSTANT, (instant) =>
    Number.isNaN(Date.parse(instant)) ? instant : minuteText(instant, zone),
  );
