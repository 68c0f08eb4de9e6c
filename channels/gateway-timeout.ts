/**
 * A front that waited in vain for what is behind it, which may have taken the request all the same: as good as no answer. 504 is
 * everybody's word for it, 524 Cloudflare's. Pure.
 */
export const isGatewayTimeout = (status: number): boolean => status === 504 || status === 524;
