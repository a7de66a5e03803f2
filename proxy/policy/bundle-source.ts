/** Where bundles come from. */
export interface BundleSource {
  /**
   * Looks for a bundle.
   * @returns its bytes; null when it is what was found and taken before
   * @throws Error that says why there is none, with the `status` of the answer where there was one
   */
  look(signal: AbortSignal): Promise<Uint8Array | null>;
  /** What was found last is in use from now on. Until then it is found again. */
  taken(): void;
  /** Until the next look, in milliseconds. @param failures looks in a row that brought nothing of use */
  delayMs(failures: number): number;
  close(): Promise<void>;
}
