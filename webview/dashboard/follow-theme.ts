/**
 * Marks the body as VS Code would. The controls read their colours again when its class changes, and only then, so
 * this is what makes them follow the system from light to dark.
 */
export function followTheme(): void {
  const mark = () => {
    const kind = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    document.body.classList.toggle('is-dark', kind === 'dark');
    document.body.classList.toggle('is-light', kind === 'light');
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', mark);
  matchMedia('(prefers-contrast: more)').addEventListener('change', () => {
    document.body.classList.toggle('has-contrast', matchMedia('(prefers-contrast: more)').matches);
  });
  mark();
}
