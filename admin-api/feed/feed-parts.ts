import type { Clock } from '../../core/process/clock.ts';
import type { Knex } from '../db/knex.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import type { FeedHub } from './feed-hub.ts';
import type { SidecarRegistry } from './sidecar-registry.ts';

export interface FeedParts {
  readonly knex: Knex;
  readonly hub: FeedHub;
  readonly registry: SidecarRegistry;
  readonly run: RunUnitOfWork;
  readonly clock: Clock;
  readonly heartbeatIntervalMs: number;
}
