import { SLACK_CONTRACT } from './slack-contract.ts';

/** Block Kit as it comes over the wire. */
export interface WireBlock {
  readonly type: string;
  readonly text?: WireText;
  readonly fields?: readonly WireText[];
  readonly elements?: readonly WireElement[];
  readonly accessory?: WireElement;
  readonly label?: WireText;
  readonly element?: WireElement;
  readonly block_id?: string;
}

export interface WireText {
  readonly type: string;
  readonly text: string;
  readonly emoji?: boolean;
}

export interface WireElement {
  readonly type: string;
  readonly text?: WireText | string;
  readonly action_id?: string;
  readonly value?: string;
  readonly url?: string;
  readonly confirm?: Readonly<Record<'title' | 'text' | 'confirm' | 'deny', WireText>>;
}

const LIMITS = SLACK_CONTRACT.limits;

/** Everything in the blocks that Slack would refuse, by the limits it publishes; an empty list: it takes them. */
export function blockProblems(blocks: readonly WireBlock[], mostBlocks = 'blocks'): string[] {
  const problems: string[] = [];
  const check = (what: string, length: number | undefined, limit: string, least = 0) => {
    if (length !== undefined && (length > LIMITS[limit]! || length < least)) problems.push(`${what}: ${length}`);
  };
  const button = (element: WireElement, what: string) => {
    if (element.type !== 'button') return;
    check(`${what} text`, textOf(element.text)?.length, 'button_text', 1);
    check(`${what} value`, element.value?.length, 'button_value', 1);
    check(`${what} url`, element.url?.length, 'button_url', 1);
    check(`${what} action_id`, element.action_id?.length, 'action_id', 1);
    check(`${what} confirm title`, element.confirm?.title.text.length, 'confirm_title', 1);
    check(`${what} confirm text`, element.confirm?.text.text.length, 'confirm_text', 1);
    check(`${what} confirm button`, element.confirm?.confirm.text.length, 'confirm_label', 1);
    check(`${what} deny button`, element.confirm?.deny.text.length, 'confirm_label', 1);
  };
  check('blocks', blocks.length, mostBlocks, 1);
  const ids = blocks.flatMap((block) => block.block_id ?? []);
  if (new Set(ids).size < ids.length) problems.push('block_id twice');
  for (const [index, block] of blocks.entries()) {
    const what = `${index} ${block.type}`;
    check(what, block.text?.text.length, block.type === 'header' ? 'header_text' : 'section_text', 1);
    check(`${what} fields`, block.fields?.length, 'section_fields', 1);
    for (const field of block.fields ?? []) check(`${what} field`, field.text.length, 'field_text', 1);
    check(
      `${what} elements`,
      block.elements?.length,
      block.type === 'context' ? 'context_elements' : 'actions_elements',
      1,
    );
    check(`${what} label`, block.label?.text.length, 'input_label', 1);
    for (const element of [...(block.elements ?? []), ...(block.accessory === undefined ? [] : [block.accessory])]) {
      button(element, what);
    }
    if (block.type === 'section' && block.text === undefined && block.fields === undefined)
      problems.push(`${what} empty`);
  }
  return problems;
}

/** Every text in the blocks, with how Slack would read it. */
export function textsOf(blocks: readonly WireBlock[]): WireText[] {
  const found: WireText[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { type, text } = value as Record<string, unknown>;
    if ((type === 'plain_text' || type === 'mrkdwn') && typeof text === 'string') found.push(value as WireText);
    Object.values(value).forEach(walk);
  };
  walk(blocks);
  return found;
}

/** The buttons of a message by `action_id`. */
export function buttonsOf(blocks: readonly WireBlock[]): Map<string, WireElement> {
  const elements = blocks.flatMap((block) => [
    ...(block.elements ?? []),
    ...(block.accessory ? [block.accessory] : []),
  ]);
  return new Map(
    elements.flatMap((element) => (element.type === 'button' ? [[element.action_id ?? '', element]] : [])),
  );
}

function textOf(text: WireText | string | undefined): string | undefined {
  return typeof text === 'string' ? text : text?.text;
}
