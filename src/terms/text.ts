/**
 * Control, bidirectional, tag, zero-width and other characters that no reader sees; tab, line ends and the emoji selector are none. That is
 * asked last: to take them out of the class makes looking through a text three times as slow.
 */
const invisible = /[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb](?<![\ufe0f\t\n\r])/u;
const everyInvisible = new RegExp(invisible.source, 'gu');

/** Whether a reader would miss part of the text (section 14). */
export function hidesSomething(text: string): boolean {
  return invisible.test(text);
}

/** A message or note as others may read it: what is invisible taken out, line ends and tabs left in. */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(everyInvisible, '');
}

/** A name as others may read it: clean, on one line, no space around it. */
export function cleanLine(text: string): string {
  return cleanText(text.replace(/[\u2028\u2029]/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}
