import { splitTimes } from '../../core/access/split-times.ts';
import { TimeStamp } from './time-stamp.tsx';

/** A sentence of the server whose times are shown in the person's zone. */
export function TimedText({ text }: { readonly text: string }) {
  return splitTimes(text).map(({ kind, value }) =>
    kind === 'time' ? <TimeStamp key={value} time={value} precision="second" /> : value,
  );
}
