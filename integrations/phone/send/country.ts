/** Countries that a number may belong to, by the numbering plans (Google's metadata, in its smallest form). */

/**
 * ISO 3166 codes; several when the country code is shared and the plan does not distinguish them, none for satellites and unknown
 * numbers. The plans need memory, so they are loaded on the first call.
 */
export async function countriesOf(e164: string): Promise<string[]> {
  const [{ parsePhoneNumberFromString }, { default: metadata }] = await Promise.all([
    import('libphonenumber-js/core'),
    import('libphonenumber-js/min/metadata'),
  ]);
  const number = parsePhoneNumberFromString(e164, metadata);
  if (number === undefined) return [];
  return number.country === undefined ? number.getPossibleCountries() : [number.country];
}
