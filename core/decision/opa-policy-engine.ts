import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { PolicyEngineError, type PolicyEngine } from './policy-engine.ts';

/** The two rules every Hallpass policy answers. */
export const DECISION_ENTRYPOINT = 'hallpass/authz/decision';
export const REQUEST_ENTRYPOINT = 'hallpass/request/decision';

export interface PolicyBundle {
  readonly revision: string;
  readonly wasm: Uint8Array;
  /** Static tables the policy reads as `data`; never grants. */
  readonly data: object;
}

/**
 * Runs a compiled bundle. Refuses at load what would only fail at a call: a missing entrypoint or a built-in the
 * module imports and this runtime lacks.
 * @throws PolicyEngineError
 */
export async function createOpaPolicyEngine(bundle: PolicyBundle): Promise<PolicyEngine> {
  const policy = await load(bundle);
  return {
    revision: bundle.revision,
    decide: (input) => run(policy, DECISION_ENTRYPOINT, input),
    request: (input) => run(policy, REQUEST_ENTRYPOINT, input),
  };
}
