/** Milliseconds since the Unix epoch. Passed into whatever decides by time, so that tests own the time. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
