/**
 * Asks a Temporal server over its gRPC port whether a namespace exists. Hand-written, because a client of 20 MB in
 * the supervisor would be too much for one request of a few bytes.
 */
import { connect } from 'node:http2';

const METHOD = '/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace';
const TIMEOUT_MS = 2_000;

/** True when the server at `address` knows the namespace; never throws. */
export function hasNamespace(address: string, namespace: string): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://${address}`);
    let status: unknown;
    const end = (): void => {
      clearTimeout(timer);
      session.destroy();
      resolve(status === '0');
    };
    const timer = setTimeout(end, TIMEOUT_MS);
    session.on('error', end);
    const stream = session.request({
      ':method': 'POST',
      ':path': METHOD,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', end);
    // A refusal has its status in the headers, a reply in the trailers after its body.
    stream.on('response', (headers) => (status = headers['grpc-status'] ?? status));
    stream.on('trailers', (trailers) => (status = trailers['grpc-status'] ?? status));
    stream.on('close', end);
    stream.resume();
    stream.end(grpcMessage(describeNamespace(namespace)));
  });
}

/** `DescribeNamespaceRequest { string namespace = 1; }`; names are shorter than 128 bytes, so a length is one byte. */
function describeNamespace(namespace: string): Buffer {
  const name = Buffer.from(namespace);
  if (name.length > 127) throw new Error(`The namespace ${namespace} is longer than 127 bytes`);
  return Buffer.concat([Buffer.from([0x0a, name.length]), name]);
}

function grpcMessage(body: Buffer): Buffer {
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(body.length, 1);
  return Buffer.concat([frame, body]);
}
