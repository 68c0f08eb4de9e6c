/** The pool or a transaction, for functions that run one statement and leave its transaction to the caller. */
import type { EntityManager } from 'typeorm';

export type Querying = Pick<EntityManager, 'query'>;
