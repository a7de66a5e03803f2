/** Bounds of the API (law 15). The sidecar and the control plane each have settings for them (docs/operations.md). */
export interface AuthzenLimits {
  /** Objects and lists in each other. */
  readonly decision_json_depth: number;
  /** Of one question: its context and properties as JSON. */
  readonly decision_context_chars: number;
  /** In one request. */
  readonly decision_evaluations: number;
  /** Put to the policy for one page of a search, at the most. */
  readonly decision_search_candidates: number;
  /** On one page of a search, at the most, whatever `page.limit` says. */
  readonly decision_search_results: number;
  /** The longest a search holds the event loop at a stretch. */
  readonly slice_ms: number;
}
