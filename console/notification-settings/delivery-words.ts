import type { Delivery, DeliveryChannel, DeliveryState } from '../api/delivery.ts';

export const DELIVERY_STATES: Record<DeliveryState, { readonly words: string; readonly color: string }> = {
  pending: { words: 'On its way', color: 'amber' },
  held: { words: 'Held for a digest', color: 'gray' },
  sent: { words: 'Sent', color: 'pine' },
  dead: { words: 'Dead', color: 'brick' },
  dropped: { words: 'Left out', color: 'gray' },
};

export const DELIVERY_CHANNELS: Record<DeliveryChannel, string> = {
  email: 'Email',
  slack: 'Slack',
  webhook: 'Webhook',
  callback: 'Call back',
};

/** Why a delivery was left out; a code of the API in words. */
const REASONS: Readonly<Record<string, string>> = {
  'turned-off': 'They turned this off.',
  muted: 'They have muted notifications.',
  'no-longer-matters': 'It no longer mattered.',
  'no-address': 'There is no address at this channel.',
  'person-disabled': 'Their account is disabled.',
  'not-connected': 'The channel is not connected.',
  'webhook-disabled': 'The webhook is turned off.',
};

/** What there is to know of how it went; empty where nothing is. */
export function deliveryDetails({ reason, last_error: error, response, attempts, state }: Delivery): string[] {
  return [
    ...(reason === null || reason === error ? [] : [REASONS[reason] ?? reason]),
    ...(error === null || state === 'sent' ? [] : [error]),
    ...(response === null
      ? []
      : [`Answered ${response.status}${response.excerpt === '' ? '' : `: ${response.excerpt}`}`]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
  ];
}
