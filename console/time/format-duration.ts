const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [604_800, 'week'],
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** `1 week`, `10 days`, `1 hour 30 minutes`, `Permanent` for null. Exact: nothing is rounded away. */
export function formatDuration(durationSeconds: number | null): string {
  if (durationSeconds === null) return 'Permanent';
  const whole = UNITS.find(([size, name]) => name === 'week' && durationSeconds % size === 0 && durationSeconds > 0);
  if (whole !== undefined) return count(durationSeconds / whole[0], whole[1]);
  const parts: string[] = [];
  let rest = durationSeconds;
  for (const [size, name] of UNITS.slice(1)) {
    const amount = Math.floor(rest / size);
    if (amount > 0) parts.push(count(amount, name));
    rest -= amount * size;
  }
  return parts.length === 0 ? '0 seconds' : parts.join(' ');
}

function count(amount: number, name: string): string {
  return `${amount} ${name}${amount === 1 ? '' : 's'}`;
}
