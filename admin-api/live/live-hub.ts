import type { Logger } from '../../core/process/logger.ts';
import { HttpProblem } from '../http/problem.ts';
import type { AddressedHint, LiveHint } from './live-hint.ts';
import type { LiveLimits } from './live-limits.ts';
import type { News } from './read-news.ts';

/** One open page. */
export interface LiveStream {
  readonly person_id: string;
  /** null: a bearer token, which ends by its own clock. */
  readonly session_id: string | null;
  hint(hint: LiveHint): void;
  end(): void;
}

/** What the hub asks of others; each takes all streams at once, so that many pages cost one query. */
export interface LivePorts {
  readNews(since: string | null): Promise<News>;
  /** Those of the people given who are Admins or the Owner now. */
  adminsAmong(personIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Those who are still enabled. */
  enabledAmong(personIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Those of the sessions given that are not over. */
  openSessionsAmong(sessionIds: readonly string[]): Promise<ReadonlySet<string>>;
}

const TRY_AGAIN = { headers: { 'retry-after': '15' } };

/**
 * Tells connected pages that something concerns them. Woken after commits, and by a poll, so that a lost wake-up costs
 * seconds; with nobody connected it asks the database nothing.
 */
export class LiveHub {
  readonly #ports: LivePorts;
  readonly #limits: LiveLimits;
  readonly #logger: Logger;
  readonly #streams = new Set<LiveStream>();
  #since: string | null = null;
  #round: Promise<void> | null = null;
  #again = false;
  #check = false;
  #refused = 0;

  constructor(ports: LivePorts, limits: LiveLimits, logger: Logger) {
    this.#ports = ports;
    this.#limits = limits;
    this.#logger = logger;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Streams that were refused since the start, because there were too many. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * From when this resolves, nothing that is committed is missed.
   * @returns how to leave
   * @throws HttpProblem `too-many-streams`, `streams-exhausted`
   */
  async join(stream: LiveStream): Promise<() => void> {
    this.#assertRoom(stream.person_id);
    this.#streams.add(stream);
    const leave = () => void this.#streams.delete(stream);
    try {
      if (this.#since === null) {
        const { snapshot } = await this.#ports.readNews(null);
        // Somebody who joined meanwhile may have begun earlier; beginning later would skip what they wait for.
        this.#since ??= snapshot;
      }
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  /** Reads what is new and tells it; calls meanwhile fold into one more round. Never rejects. */
  wake(): Promise<void> {
    if (this.#round !== null) {
      this.#again = true;
      return this.#round;
    }
    this.#round = this.#runRounds().finally(() => {
      this.#round = null;
    });
    return this.#round;
  }

  /** The same, and ends the streams of those who are signed out or disabled. */
  check(): Promise<void> {
    this.#check = true;
    return this.wake();
  }

  /** Ends every stream, so that a server can close. */
  endAll(): void {
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }

  #assertRoom(personId: string): void {
    const own = [...this.#streams].filter((stream) => stream.person_id === personId).length;
    const isFull = this.#streams.size >= this.#limits.max_streams;
    if (!isFull && own < this.#limits.max_streams_per_person) return;
    this.#refused += 1;
    if (isFull) {
      throw new HttpProblem(
        'streams-exhausted',
        'All streams of this process are taken. Poll, or try later.',
        TRY_AGAIN,
      );
    }
    throw new HttpProblem('too-many-streams', `You have ${own} streams open, as many as one person may.`, {
      ...TRY_AGAIN,
      facts: { limit: this.#limits.max_streams_per_person },
    });
  }

  async #runRounds(): Promise<void> {
    try {
      do {
        this.#again = false;
        await this.#runRound();
      } while (this.#again);
    } catch (error) {
      this.#logger.warn({ err: error }, 'hints could not be read; the next wake-up tries again');
    }
  }

  async #runRound(): Promise<void> {
    if (this.#streams.size === 0) {
      this.#since = null;
      return;
    }
    if (this.#check) {
      this.#check = false;
      await this.#endStrangers();
    }
    // Nobody has joined completely yet, and whoever joins reads where to begin.
    if (this.#since === null) return;
    const { snapshot, hints } = await this.#ports.readNews(this.#since);
    this.#since = snapshot;
    if (hints.length > 0) await this.#tell(hints);
  }

  async #tell(hints: readonly AddressedHint[]): Promise<void> {
    const connected = [...new Set([...this.#streams].map((stream) => stream.person_id))];
    const admins = hints.some((hint) => hint.admins) ? await this.#ports.adminsAmong(connected) : new Set();
    for (const stream of this.#streams) {
      const mine = hints.filter(
        ({ people, admins: toAdmins }) =>
          people === 'everybody' || people.includes(stream.person_id) || (toAdmins && admins.has(stream.person_id)),
      );
      const once = new Map(mine.map(({ hint }) => [`${hint.topic} ${hint.id}`, hint]));
      for (const hint of once.values()) stream.hint(hint);
    }
  }

  async #endStrangers(): Promise<void> {
    const streams = [...this.#streams];
    const sessionIds = streams.flatMap((stream) => stream.session_id ?? []);
    const [enabled, open] = await Promise.all([
      this.#ports.enabledAmong([...new Set(streams.map((stream) => stream.person_id))]),
      this.#ports.openSessionsAmong([...new Set(sessionIds)]),
    ]);
    for (const stream of streams) {
      const isSignedIn = stream.session_id === null || open.has(stream.session_id);
      if (isSignedIn && enabled.has(stream.person_id)) continue;
      this.#streams.delete(stream);
      stream.end();
    }
  }
}
