/**
 * Fake browser with its push service, for tests: creates subscriptions with real keys, verifies the VAPID signature as the
 * service does, and decrypts the message as the browser does (RFC 8188, 8291).
 */
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import {
  type FakeAnswer,
  type FakeProvider,
  type FakeRequest,
  headerText,
  startFakeProvider,
} from '../shared/testing/fake-provider.js';

interface PushSubscription {
  /** The contact's address. */
  endpoint: string;
  /** The contact's secret. */
  secret: string;
}

export interface ReceivedPush {
  endpoint: string;
  ttl: number;
  urgency: string;
  topic: string;
  subject: string;
  payload: Record<string, unknown>;
}

export interface FakePush extends FakeProvider {
  readonly pushes: readonly ReceivedPush[];
  /** `applicationServerKey`: the only VAPID public key that may send to it. */
  subscribe(applicationServerKey: string): PushSubscription;
  /** The user revokes the permission. */
  unsubscribe(subscription: PushSubscription): void;
}

export async function startFakePush(): Promise<FakePush> {
  const pushes: ReceivedPush[] = [];
  const known = new Map<string, { key: string; curve: ReturnType<typeof createECDH>; auth: Buffer }>();

  const take = (request: FakeRequest): FakeAnswer => {
    const subscription = known.get(request.path);
    if (subscription === undefined) return { status: 410, body: { errno: 106, error: 'Gone' } };
    const token = /^vapid t=([\w-]+\.[\w-]+\.[\w-]+), ?k=([\w-]+)$/.exec(
      headerText(request.headers, 'authorization'),
    );
    const claims = token === null ? null : checkToken(token[1] ?? '', token[2] ?? '', provider.url);
    if (claims === null || token?.[2] !== subscription.key) return { status: 403, body: 'invalid VAPID' };
    if (headerText(request.headers, 'content-encoding') !== 'aes128gcm')
      return { status: 400, body: 'encoding' };
    if (request.bytes.length > 4_096) return { status: 413 };
    const ttl = headerText(request.headers, 'ttl');
    const topic = headerText(request.headers, 'topic');
    if (!/^\d+$/.test(ttl) || !/^[\w-]{0,32}$/.test(topic)) return { status: 400, body: 'headers' };
    pushes.push({
      endpoint: `${provider.url}${request.path}`,
      ttl: Number(ttl),
      urgency: headerText(request.headers, 'urgency'),
      topic,
      subject: claims,
      payload: JSON.parse(decrypt(request.bytes, subscription.curve, subscription.auth)) as Record<
        string,
        unknown
      >,
    });
    return { status: 201, headers: { location: `${provider.url}/m/${pushes.length}` } };
  };
  const provider: FakeProvider = await startFakeProvider({
    what: 'push',
    answer: (request) => take(request),
  });
  return {
    ...provider,
    pushes,
    subscribe(key) {
      const curve = createECDH('prime256v1');
      curve.generateKeys();
      const auth = randomBytes(16);
      const path = `/send/${randomBytes(8).toString('hex')}`;
      known.set(path, { key, curve, auth });
      const keys = { p256dh: curve.getPublicKey().toString('base64url'), auth: auth.toString('base64url') };
      return { endpoint: `${provider.url}${path}`, secret: JSON.stringify(keys) };
    },
    unsubscribe: ({ endpoint }) => void known.delete(new URL(endpoint).pathname),
  };
}

/** The subject when the token was signed by this key for this service and has not expired; else null. */
function checkToken(token: string, key: string, audience: string): string | null {
  const [head = '', body = '', signature = ''] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as {
    aud: string;
    exp: number;
    sub: string;
  };
  const left = claims.exp - Date.now() / 1000;
  return isSigned && claims.aud === audience && left > 0 && left <= 86_400 ? claims.sub : null;
}

function decrypt(body: Buffer, curve: ReturnType<typeof createECDH>, auth: Buffer): string {
  const salt = body.subarray(0, 16);
  const keyLength = body.readUInt8(20);
  const sender = body.subarray(21, 21 + keyLength);
  const sealed = body.subarray(21 + keyLength);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), curve.getPublicKey(), sender]);
  const secret = Buffer.from(hkdfSync('sha256', curve.computeSecret(sender), auth, info, 32));
  const derive = (what: string, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from(`Content-Encoding: ${what}\0`), length));
  const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
  decipher.setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  // One record: the text, the delimiter 2, then zeros.
  return plain.subarray(0, plain.lastIndexOf(2)).toString('utf8');
}
