/**
 * The header fields of one message, in their order: names in lower case, a repeated one as often as it comes. A list, as in
 * the Fetch standard (2.2.2), because that is how they go out, and an object for each request would cost more than sending.
 */
export class HeaderList {
  /** Names and values by turns. */
  readonly flat: string[] = [];

  add(name: string, value: string): void {
    this.flat.push(name, value);
  }

  /** The first of the name. */
  get(name: string): string | undefined {
    const { flat } = this;
    for (let index = 0; index < flat.length; index += 2) if (flat[index] === name) return flat[index + 1];
    return undefined;
  }

  /** Every value of the name, in order. */
  all(name: string): string[] {
    return this.flat.filter((_value, index) => index % 2 === 1 && this.flat[index - 1] === name);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  delete(name: string): void {
    const { flat } = this;
    for (let index = flat.length - 2; index >= 0; index -= 2) if (flat[index] === name) flat.splice(index, 2);
  }

  /** In the place of all of the name. */
  set(name: string, value: string): void {
    this.delete(name);
    this.add(name, value);
  }

  /** By name, without a prototype that a name could reach; a repeated one has the list of its values. */
  toObject(): Record<string, string | string[]> {
    const fields = Object.create(null) as Record<string, string | string[]>;
    const { flat } = this;
    for (let index = 0; index < flat.length; index += 2) {
      const name = flat[index] as string;
      const value = flat[index + 1] as string;
      const before = fields[name];
      if (before === undefined) fields[name] = value;
      else if (Array.isArray(before)) before.push(value);
      else fields[name] = [before, value];
    }
    return fields;
  }
}
