import type { MantineColorsTuple } from '@mantine/core';

/** The colour of a way that is open. */
export const PINE: MantineColorsTuple = [
  '#eef8f4',
  '#dcefe7',
  '#b9dfcf',
  '#92ceb5',
  '#6dbd9d',
  '#48a685',
  '#2c8a6b',
  '#1c7358',
  '#155e48',
  '#0c3f30',
];

/** Waiting, and ending soon. */
export const AMBER: MantineColorsTuple = [
  '#fff8e8',
  '#fcecc8',
  '#f8d992',
  '#f3c35a',
  '#eeb136',
  '#d9951a',
  '#b67710',
  '#8f5b0b',
  '#70460a',
  '#4f3106',
];

/** Refused, and what can't be taken back. */
export const BRICK: MantineColorsTuple = [
  '#fdf1ef',
  '#fadfdb',
  '#f4bdb5',
  '#ec978b',
  '#e57566',
  '#d9543f',
  '#c1402c',
  '#a23321',
  '#82281a',
  '#581a11',
];

/** Neutral tones of the light scheme, a little green, so that white paper looks calm beside pine. */
export const STONE: MantineColorsTuple = [
  '#f7f8f5',
  '#eff1ec',
  '#e4e7e0',
  '#d3d8cf',
  '#b8bfb4',
  '#8b9488',
  '#667064',
  '#525b50',
  '#383f38',
  '#212722',
];

/** Neutral tones of the dark scheme, from text (0) to the deepest ground (9). */
export const NIGHT: MantineColorsTuple = [
  '#dbe2dd',
  '#b9c3bd',
  '#9aa69f',
  '#76827b',
  '#435049',
  '#2e3833',
  '#1f2724',
  '#161d1a',
  '#101614',
  '#0b100e',
];
