/**
 * True when a gateway timed out waiting for its backend, which may still have accepted the request: as ambiguous as no response.
 * 504 is the standard status, 524 Cloudflare's. Pure.
 */
export const isGatewayTimeout = (status: number): boolean => status === 504 || status === 524;
