/**
 * The name of a control that shows a text and has a title: whoever speaks to the page says what they see, so the name has
 * it within (WCAG 2.5.3). A sign, as an arrow, is no text.
 */
export function spokenName(text: string, title: string): string {
  const isSign = !/\p{L}/u.test(text);
  return isSign || title.toLowerCase().includes(text.toLowerCase()) ? title : `${text}: ${title}`;
}
