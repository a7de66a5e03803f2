import { allowedConnections, GRANTS_PER_PERSON } from './bench-facts.ts';

const MOST_READERS = 100;
const MOST_STRANGERS = 5;

/** People who may read and write connection:c0, by number; a hundred where there are as many. */
export function readersOfC0(grants: number): number[] {
  return people(grants, MOST_READERS, true);
}

/** People who may not. */
export function strangersToC0(grants: number): number[] {
  return people(grants, MOST_STRANGERS, false);
}

function people(grants: number, most: number, mayRead: boolean): number[] {
  const found: number[] = [];
  for (let person = 0; person < grants / GRANTS_PER_PERSON && found.length < most; person += 1) {
    if (allowedConnections(person).has('connection:c0') === mayRead) found.push(person);
  }
  if (found.length === 0) throw new Error(`${grants} grants are too few: nobody is there for a part of the test.`);
  return found;
}
