/**
 * Whether the mail server in front of us vouches for the sender: the newest `Authentication-Results` (RFC 8601) that carries its name.
 * That server has to take out those which others wrote under its name (§5), and puts its own on top.
 */
export type Vouched = { kind: 'vouched' } | { kind: 'not_vouched'; reason: string };

/** `results`: the values of all such headers, topmost first; `from`: the one address of `From`. */
export function isVouchedFor(results: readonly string[], server: string, from: string): Vouched {
  for (const value of results) {
    const [name = '', ...methods] = withoutComments(value).split(';');
    if (name.trim().split(/\s+/)[0]?.toLowerCase() !== server.toLowerCase()) continue;
    return methods.some((method) => proves(method.trim().toLowerCase(), domainOf(from)))
      ? { kind: 'vouched' }
      : {
          kind: 'not_vouched',
          reason: `${server} does not vouch for its sender: ${methods.join(';').trim().slice(0, 120)}`,
        };
  }
  return {
    kind: 'not_vouched',
    reason: `it carries no result of ${server}, which should have checked its sender`,
  };
}

/** DMARC speaks of `From` itself; a DKIM signature only when it is of the very domain in `From`. */
function proves(method: string, domain: string): boolean {
  const [result = '', ...properties] = method.split(/\s+/);
  if (result === 'dmarc=pass') {
    const about = properties.find((one) => one.startsWith('header.from='));
    return about === undefined || domainOf(`@${about.slice('header.from='.length)}`) === domain;
  }
  return result === 'dkim=pass' && properties.includes(`header.d=${domain}`);
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** Comments may nest; what is quoted is no comment, and nothing we read is quoted. */
function withoutComments(text: string): string {
  let depth = 0;
  let kept = '';
  for (const character of text.replace(/\s+/g, ' ')) {
    if (character === '(') depth += 1;
    else if (character === ')' && depth > 0) depth -= 1;
    else if (depth === 0) kept += character;
  }
  return kept;
}
