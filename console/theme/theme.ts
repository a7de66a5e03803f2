import { createTheme, type CSSVariablesResolver } from '@mantine/core';
import { AMBER, BRICK, NIGHT, PINE, STONE } from './palette.ts';

const SANS = 'Inter, "Segoe UI Variable Text", "Segoe UI", Roboto, "Helvetica Neue", Helvetica, Arial, sans-serif';
const MONO =
  'ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "Liberation Mono", monospace';

export const theme = createTheme({
  primaryColor: 'pine',
  primaryShade: 7,
  autoContrast: true,
  white: '#ffffff',
  black: '#18211c',
  colors: { pine: PINE, amber: AMBER, brick: BRICK, gray: STONE, dark: NIGHT },
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '10px', lg: '14px', xl: '22px' },
  headings: {
    fontFamily: SANS,
    fontWeight: '650',
    textWrap: 'balance',
    sizes: {
      h1: { fontSize: '1.75rem', lineHeight: '1.2' },
      h2: { fontSize: '1.2rem', lineHeight: '1.3' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    // Locking the page's scroll writes a <style> element at run time, which a strict style-src refuses.
    Modal: { defaultProps: { lockScroll: false, centered: true } },
    Drawer: { defaultProps: { lockScroll: false } },
    Paper: { defaultProps: { withBorder: true, p: 'lg', radius: 'lg' } },
    // Not every notice interrupts: what has to be read out at once says role="alert" itself.
    Alert: { defaultProps: { variant: 'light', radius: 'md', role: 'note' } },
    Badge: { defaultProps: { variant: 'light', size: 'lg', radius: 'sm', tt: 'none', fw: 600 } },
  },
});

/** Where Mantine's own choices would miss the contrast of WCAG 2.2 AA on our grounds. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f8f8f4',
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-6)',
    '--mantine-color-error': 'var(--mantine-color-brick-7)',
    '--mantine-color-default-border': 'var(--mantine-color-gray-5)',
    '--mantine-color-disabled-color': 'var(--mantine-color-gray-6)',
    '--hallpass-accent': 'var(--mantine-color-pine-7)',
    '--hallpass-card': '#ffffff',
    '--hallpass-line': 'var(--mantine-color-gray-2)',
    '--hallpass-side': '#ffffff',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-2)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-2)',
    '--mantine-color-error': 'var(--mantine-color-brick-3)',
    '--mantine-color-default-border': 'var(--mantine-color-dark-3)',
    '--mantine-color-disabled-color': 'var(--mantine-color-dark-2)',
    '--mantine-color-pine-light': '#1d3d32',
    '--mantine-color-pine-light-hover': '#244a3d',
    '--mantine-color-pine-light-color': 'var(--mantine-color-pine-1)',
    '--mantine-color-amber-light': '#443312',
    '--mantine-color-amber-light-hover': '#523e17',
    '--mantine-color-amber-light-color': 'var(--mantine-color-amber-1)',
    '--mantine-color-brick-light': '#4a241d',
    '--mantine-color-brick-light-hover': '#592c24',
    '--mantine-color-brick-light-color': 'var(--mantine-color-brick-1)',
    '--mantine-color-gray-light': 'var(--mantine-color-dark-5)',
    '--mantine-color-gray-light-hover': 'var(--mantine-color-dark-4)',
    '--mantine-color-gray-light-color': 'var(--mantine-color-dark-0)',
    '--hallpass-accent': 'var(--mantine-color-pine-4)',
    '--hallpass-card': 'var(--mantine-color-dark-6)',
    '--hallpass-line': 'var(--mantine-color-dark-5)',
    '--hallpass-side': 'var(--mantine-color-dark-8)',
  },
});
