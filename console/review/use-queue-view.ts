import { useSearchParams } from 'react-router';
import { queueParameters, readQueueView, type QueueView } from './queue-view.ts';

/** The view that the address names, and the way to another one. */
export function useQueueView() {
  const [query, setQuery] = useSearchParams();
  const view = readQueueView(query);
  return {
    view,
    /** Narrows or orders anew, from the first page on; the address is replaced, so that going back leaves the queue. */
    change: (part: Partial<QueueView>) =>
      setQuery(queueParameters(readQueueView(new URLSearchParams(queueParameters({ ...view, cursor: '', ...part })))), {
        replace: true,
      }),
    /** To another page, with the way back. */
    turnTo: (cursor: string, before: readonly string[]) =>
      setQuery(queueParameters({ ...view, cursor }), { state: { before } }),
  };
}
