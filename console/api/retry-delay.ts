const FIRST_DELAY_MS = 1_000;
const LAST_DELAY_MS = 30_000;

/**
 * How long to wait before the next try: twice as long each time, and scattered, so that all the consoles of a server
 * that comes back do not come at once.
 * @param failures tries in a row that came to nothing, from 1
 * @param dice between 0 and 1
 */
export function retryDelay(failures: number, dice: number): number {
  return Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1)) * (0.5 + dice);
}
