/** Every workflow type that the worker knows. */
export { drill } from './drill.js';
export { incident } from './incident.js';
export { runbook } from './runbook.js';
