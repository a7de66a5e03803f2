import type { Discoverable } from '../../core/access/resource.ts';

export interface DiscoverableChoice {
  readonly value: Discoverable;
  readonly label: string;
  readonly description: string;
}

/** What a person without access may learn of a resource. */
export const DISCOVERABLE_CHOICES: readonly DiscoverableChoice[] = [
  { value: 'full', label: 'Everything', description: 'Everybody may see it and ask for it.' },
  {
    value: 'name',
    label: 'Its name',
    description: 'Everybody may see that it exists and ask for it, and nothing more.',
  },
  { value: 'none', label: 'Nothing', description: 'Without access it looks as if there were no such thing.' },
];

export function discoverableWord(value: Discoverable): string {
  return DISCOVERABLE_CHOICES.find((choice) => choice.value === value)?.label ?? value;
}
