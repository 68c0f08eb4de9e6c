/** Masks an address for people without permission to see it: enough to tell two addresses apart, too little to write to. */
export function maskedAddress(address: string): string {
  const at = address.lastIndexOf('@');
  if (at > 0) return `${address.slice(0, 1)}•••${address.slice(at)}`;
  if (/^\+\d{7,15}$/.test(address)) return `${address.slice(0, 3)}•••${address.slice(-2)}`;
  const host = /^https?:\/\/[^/?#@]+/i.exec(address)?.[0];
  return host === undefined ? `${address.slice(0, 2)}•••` : `${host}/•••`;
}
