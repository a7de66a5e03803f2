/** What a measurement started, so that it is stopped in the reverse order, whatever happens. */
export class StopList {
  readonly #stops: (() => unknown)[] = [];
  #stopping: Promise<void> | null = null;

  /** What is started after the end was called for is stopped at once. */
  add(stop: () => unknown): void {
    if (this.#stopping === null) this.#stops.push(stop);
    else this.#stopping = this.#stopping.then(async () => void (await stop()));
  }

  /** Stops all, also when one of them can't be stopped; whoever else calls waits for the same. @throws the first failure */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const stop of this.#stops.toReversed()) {
      try {
        await stop();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Runs `work`, and stops what it started: at its end, on failure, and when this process is told to stop. */
export async function withStops<T>(work: (stops: StopList) => Promise<T>): Promise<T> {
  const stops = new StopList();
  const onSignal = (signal: NodeJS.Signals): void => {
    void stops.stop().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    return await work(stops);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    await stops.stop();
  }
}
