import { setFlagsFromString } from 'node:v8';

/**
 * Sets how this process collects garbage. To be called before anything is kept.
 *
 * Every piece of a body lies outside of V8's heap. With its defaults, V8 begins a full collection for each 64 MB of
 * them, however soon they are let go of: with the facts of thousands of people in it, moving bodies then is mostly marking
 * facts, over and over, with holds of 20 ms. Counted together with the heap, what lies outside may grow as the heap may,
 * and goes with the collections of what is young.
 */
export function prepareHeap(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
}
