/** To which countries a number may belong, by the numbering plans (Google's metadata, in its smallest form). */
import { parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';

/** ISO 3166 codes; several when the country code is shared and the plan does not tell, none for satellites and the unknown. */
export function countriesOf(e164: string): string[] {
  const number = parsePhoneNumberFromString(e164, metadata);
  if (number === undefined) return [];
  return number.country === undefined ? number.getPossibleCountries() : [number.country];
}
