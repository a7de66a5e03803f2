import type { Plugin } from 'vite';
import {
  convertCssVariables,
  deepMerge,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  mergeMantineTheme,
} from '@mantine/core';
import { cssVariables, theme } from './theme.ts';

const ID = 'virtual:hallpass-theme.css';

/**
 * Writes the theme's CSS variables into a stylesheet at build time. Mantine would put them into a `<style>`
 * element at run time, and a `style-src 'self'` without `unsafe-inline` refuses that.
 */
export function themeStylesheet(): Plugin {
  return {
    name: 'hallpass-theme-stylesheet',
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    load(id) {
      if (id !== `\0${ID}`) return null;
      const merged = mergeMantineTheme(DEFAULT_THEME, theme);
      const all = deepMerge(defaultCssVariablesResolver(merged), cssVariables(merged));
      const standard = defaultCssVariablesResolver(DEFAULT_THEME);
      return convertCssVariables({
        variables: without(all.variables, standard.variables),
        light: without(all.light, standard.light),
        dark: without(all.dark, standard.dark),
      });
    },
  };
}

/** The values that differ from what Mantine's own stylesheet says already. */
function without(values: Record<string, string>, standard: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => standard[name] !== value));
}
