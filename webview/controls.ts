import {
  type Button,
  type Dropdown,
  provideVSCodeDesignSystem,
  type TextField,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { spokenName } from './spoken-name.ts';

// The one file that knows where the controls come from: a successor of the toolkit is a change of this file.
provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption(), vsCodeTextField());

export type { Button, Dropdown, TextField };

interface ButtonOptions {
  readonly text: string;
  /** Shown on hover and spoken, with the text where it has that not within. */
  readonly title?: string;
  readonly appearance?: 'primary' | 'secondary' | 'icon';
  readonly class?: string;
  readonly pressed: () => void;
}

export function button({ text, title, appearance = 'secondary', pressed, ...rest }: ButtonOptions): Button {
  const attributes: Record<string, string> = { appearance };
  if (title !== undefined) Object.assign(attributes, { title, 'aria-label': spokenName(text, title) });
  const made = custom<Button>('vscode-button', attributes, rest.class);
  made.textContent = text;
  made.addEventListener('click', () => {
    if (!made.disabled) pressed();
  });
  return made;
}

interface TextFieldOptions {
  readonly label: string;
  readonly placeholder?: string;
  readonly class?: string;
  readonly typed?: (text: string) => void;
}

export function textField({ label, placeholder = '', typed, ...rest }: TextFieldOptions): TextField {
  const attributes = { 'aria-label': label, placeholder };
  const made = custom<TextField>('vscode-text-field', attributes, rest.class);
  // The control names itself "Text field" whenever it comes into a page.
  const name = () => {
    if (made.getAttribute('aria-label') !== label) made.setAttribute('aria-label', label);
  };
  new MutationObserver(name).observe(made, { attributeFilter: ['aria-label'] });
  if (typed !== undefined) made.addEventListener('input', () => typed(made.value));
  return made;
}

interface DropdownOptions {
  readonly label: string;
  readonly chosen: (value: string) => void;
}

export function dropdown({ label, chosen }: DropdownOptions): Dropdown {
  const made = custom<Dropdown>('vscode-dropdown', { 'aria-label': label });
  made.addEventListener('change', () => chosen(made.value));
  return made;
}

export function fillDropdown(into: Dropdown, values: readonly string[], selected: string): void {
  into.replaceChildren(
    ...values.map((value) => {
      const option = custom<HTMLElement>('vscode-option', { value });
      option.textContent = value;
      return option;
    }),
  );
  into.value = selected;
}

function custom<T extends HTMLElement>(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  className?: string,
): T {
  // The browser knows the class of a custom element by its name only.
  const made = document.createElement(tag) as T;
  if (className !== undefined) made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
