/** Encrypts error texts like all other payloads: by default Temporal stores messages and stack traces unencrypted. */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
