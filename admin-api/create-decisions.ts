import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { RequestHandler, Router } from 'express';
import { createLocalJWKSet } from 'jose';
import { QuestionAnswerer, type QuestionOptions } from '../core/authzen/answer-question.ts';
import { AccessRequestLinks } from '../core/decision/access-request-link.ts';
import { accessRequestMetadata } from '../core/decision/access-request-profile.ts';
import { readApprovalState } from '../core/decision/approval-state.ts';
import { metadataOf } from '../core/authzen/endpoint.ts';
import type { AdminParts } from './create-parts.ts';
import { createSecretBox } from './db/secret-box.ts';
import { createControlJudge } from './decisions/control-judge.ts';
import { decisionRoutes } from './decisions/decision-routes.ts';
import { OwnReplica } from './feed/own-replica.ts';

/** The AuthZEN decision API at the control plane. @param identify sets the person who calls, or refuses */
export function createDecisions(parts: AdminParts, identify: readonly RequestHandler[]): Router {
  const { config, knex, clock, logger } = parts;
  const replica = new OwnReplica(knex);
  const judge = createControlJudge({
    facts: () => replica.facts,
    revision: () => replica.revision,
    engine: parts.accessRequests.engine,
    clock,
    onPolicyError: (error) => logger.error({ err: error }, 'the policy failed while deciding'),
  });
  const questions = new QuestionAnswerer({
    judge,
    ...accessRequestSupport(parts),
    log: {
      write({ decision, durationMs, ...logged }) {
        const { evaluation_id, allow, grants } = decision;
        logger.info({ evaluation_id, allow, grants, ...logged, duration_ms: durationMs }, 'decision');
      },
    },
    logger,
    limits: config.decisions.limits,
    now: () => performance.now(),
    actions: config.decisions.actions,
    pageSecret: pageSecretOf(config.secretKey),
  });
  return decisionRoutes({
    settings: config.decisions,
    questions,
    metadata: () => metadataOf(config.publicUrl, isServed(parts) ? accessRequestMetadata(config.publicUrl) : {}),
    bringUpToDate: () => replica.upToDate(),
    identify,
  });
}

function isServed({ config }: AdminParts): boolean {
  return config.accessTasks.versions.length > 0;
}

/** What the answers have of the Access Request and Approval Profile; a denial that nobody can sign offers no request. */
function accessRequestSupport(parts: AdminParts): Pick<QuestionOptions, 'links' | 'readApprovalState'> {
  const { config, clock, denialKey, approvalKey } = parts;
  const { publicUrl } = config;
  const links = denialKey === null ? null : new AccessRequestLinks(publicUrl, publicUrl, denialKey);
  const keys = createLocalJWKSet({ keys: approvalKey === null ? [] : [approvalKey.publicJwk] });
  if (!isServed(parts)) return { links: NO_LINKS, readApprovalState: null };
  return {
    links: links ?? NO_LINKS,
    readApprovalState: (state) => readApprovalState(state, keys, { issuer: publicUrl, audience: publicUrl }, clock()),
  };
}

const NO_LINKS: QuestionOptions['links'] = { linkFor: async () => null };

/** Without a key that all processes share, a search begins again where its next page is asked of another one. */
function pageSecretOf(secretKey: Buffer | null): string {
  return (secretKey === null ? randomBytes(32) : createSecretBox(secretKey).deriveKey('search pages')).toString('hex');
}
