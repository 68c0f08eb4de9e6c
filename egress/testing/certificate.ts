/** Creates self-signed certificates for tests: any name, any dates, no key in the repository. */
import { generateKeyPairSync, sign } from 'node:crypto';

export interface TestCertificate {
  cert: string;
  key: string;
}

/** A P-256 certificate (RFC 5280) that is its own authority. `names` are DNS names; `address` an IPv4 address. */
export function makeCertificate(options: {
  names: string[];
  addresses?: string[];
  from: Date;
  to: Date;
}): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('2a8648ce3d040302')); // ecdsa-with-SHA256
  const name = sequence(set(sequence(oid('550403'), tlv(0x0c, Buffer.from(options.names[0] ?? 'test')))));
  const altNames = [
    ...options.names.map((dns) => tlv(0x82, Buffer.from(dns))),
    ...(options.addresses ?? []).map((address) => tlv(0x87, Buffer.from(address.split('.').map(Number)))),
  ];
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))), // version 3
    tlv(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(time(options.from), time(options.to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(
      0xa3,
      sequence(
        sequence(oid('551d11'), tlv(0x04, sequence(...altNames))), // subjectAltName
        sequence(oid('551d13'), tlv(0x04, sequence(tlv(0x01, Buffer.from([0xff]))))), // basicConstraints: CA
      ),
    ),
  );
  const signature = sign('sha256', body, privateKey);
  const der = sequence(body, algorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Valid from an hour before `now` until `days` days after it. */
export function certificateForDays(
  days: number,
  options: { names: string[]; addresses?: string[] },
): TestCertificate {
  const hourMs = 3_600_000;
  const to = new Date(Date.now() + days * 24 * hourMs);
  return makeCertificate({ ...options, from: new Date(Math.min(Date.now(), to.getTime()) - hourMs), to });
}

function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function set(...parts: Buffer[]): Buffer {
  return tlv(0x31, Buffer.concat(parts));
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

/** UTCTime, which RFC 5280 requires for dates before 2050. */
function time(date: Date): Buffer {
  return tlv(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-T:]/g, '')}Z`));
}
