// Runs before the first paint, so that nobody is shown the wrong scheme for a moment. A file of its own because
// the content security policy allows no inline script. The key is the one of theme/color-scheme-key.ts.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('hallpass.color-scheme');
  } catch {
    // Storage may be forbidden; then the system's choice holds.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
