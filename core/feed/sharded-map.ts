const SHARDS = 64;

/**
 * A map by id in many small ones. A `Map` makes room by copying all it holds at once, and at 100,000 entries that holds
 * every request up for milliseconds; these copy a sixty-fourth at a time.
 */
export class ShardedMap<Value> {
  readonly #shards = Array.from({ length: SHARDS }, () => new Map<string, Value>());
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: string): Value | undefined {
    return this.#shardOf(id).get(id);
  }

  set(id: string, value: Value): void {
    const shard = this.#shardOf(id);
    const before = shard.size;
    shard.set(id, value);
    this.#size += shard.size - before;
  }

  delete(id: string): void {
    if (this.#shardOf(id).delete(id)) this.#size -= 1;
  }

  /** What it holds now, in no order that means anything. */
  toArray(): Value[] {
    const all: Value[] = [];
    for (const shard of this.#shards) for (const value of shard.values()) all.push(value);
    return all;
  }

  /** By its last two characters: ids end in random hexadecimal digits. */
  #shardOf(id: string): Map<string, Value> {
    const { length } = id;
    const last = length === 0 ? 0 : id.charCodeAt(length - 1);
    const before = length < 2 ? 0 : id.charCodeAt(length - 2);
    return this.#shards[(last + before * 7) % SHARDS] as Map<string, Value>;
  }
}
