import { type Intent, intentOf } from './keys.ts';

interface KeyActions {
  /** False while there is nothing that keys could act on. */
  isListening(): boolean;
  /** Whether the picture itself has the keyboard. */
  isInPicture(): boolean;
  perform(intent: Intent): void;
}

/** Turns keys pressed anywhere in the page into what the user wants, except while a field has them. */
export function watchKeys({ isListening, isInPicture, perform }: KeyActions): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || !isListening() || isTyping(event)) return;
    const intent = intentOf(event, isInPicture() || document.activeElement === document.body);
    if (intent === null) return;
    event.preventDefault();
    perform(intent);
  });
}

/** Whether the key belongs to a field; looks into the shadow of the controls. */
function isTyping(event: KeyboardEvent): boolean {
  return event
    .composedPath()
    .some(
      (target) =>
        target instanceof Element &&
        target.matches('input:not([type="radio"]), textarea, select, vscode-dropdown, vscode-text-field'),
    );
}
