/** Bounds of everything that is sent out; every one is a setting. */
export interface DeliveryLimits {
  /** Attempts before a delivery is dead. */
  readonly attempts: number;
  /** The first pause is up to this long; each further one up to twice as long as the one before. */
  readonly backoffMs: number;
  /** No pause is longer. */
  readonly backoffMaxMs: number;
  /** One attempt, from the first byte to the answer. */
  readonly timeoutMs: number;
  /** Messages under way at once, per channel and worker. */
  readonly concurrency: number;
}
