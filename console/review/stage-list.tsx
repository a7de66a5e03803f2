import { IconCircle, IconCircleCheck, IconCircleDot } from '@tabler/icons-react';
import type { AccessRequest, Stage } from '../api/access-request.ts';
import classes from './stage-list.module.css';
import { awaitingWords, reviewerWords } from './stage-words.ts';

const LOOK = { size: 20, stroke: 1.7, 'aria-hidden': true } as const;
const ICONS: Record<Stage['state'], typeof IconCircle> = {
  done: IconCircleCheck,
  current: IconCircleDot,
  waiting: IconCircle,
};
const STATE_WORDS: Record<Stage['state'], string> = { done: 'done', current: 'now', waiting: 'later' };

/** The steps of the review in their order, how many approvals each has, and who is awaited now. */
export function StageList({ request }: { readonly request: AccessRequest }) {
  const stages = request.stages ?? [];
  const over = request.status !== 'pending';
  return (
    <ol className={classes.stages}>
      {stages.map((stage, place) => {
        const Shape = ICONS[stage.state];
        return (
          // Stages have no id, and their order never changes.
          // oxlint-disable-next-line no-array-index-key
          <li key={place} className={classes.stage} data-state={stage.state}>
            <Shape {...LOOK} />
            <div>
              <div className={classes.name}>
                {stage.name}
                {!over && <span className={classes.state}> · {STATE_WORDS[stage.state]}</span>}
              </div>
              <div>
                {stage.approvals} of {stage.approvals_required}{' '}
                {stage.approvals_required === 1 ? 'approval' : 'approvals'} by {reviewerWords(stage)}
              </div>
              {!over && stage.state === 'current' && (
                <div className={classes.awaiting}>{awaitingWords(request.awaiting, request.awaiting_count)}</div>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
