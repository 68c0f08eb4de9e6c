/** `npm run build`: dependencies, dist/ and the workflow bundle. */
import { prepare } from './prepare.mjs';
import { command } from './progress.mjs';

await command(() => prepare({ temporal: false }));
