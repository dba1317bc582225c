/**
 * The URL with settings for each of its sessions, such as `deadlock_timeout=1s`. In the URL itself: pg prefers its options
 * to those of the configuration beside it.
 */
export function withSettings(url: string, ...settings: readonly string[]): string {
  const changed = new URL(url);
  const before = changed.searchParams.get('options') ?? '';
  changed.searchParams.set('options', `${before} ${settings.map((setting) => `-c ${setting}`).join(' ')}`);
  return changed.href;
}
