/** All workflow types of the worker. */
export { drill } from './drill.js';
export { incident } from './incident.js';
export { runbook } from './runbook.js';
