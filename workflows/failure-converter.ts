/** The text of an error is sealed like everything else: by default Temporal keeps messages and stack traces in clear. */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
