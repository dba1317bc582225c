/** The run that the page's address names, null where none: `#run=<id>`. So a reload finds it, and Back leads back. */
export function runInAddress(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get('run');
}

export function putRunIntoAddress(id: string): void {
  if (runInAddress() !== id) location.hash = new URLSearchParams({ run: id }).toString();
}

export function onAddressChange(changed: (run: string | null) => void): void {
  addEventListener('hashchange', () => changed(runInAddress()));
}
