/** Of a request: more than a document of the largest size can have. */
export const mostElements = 600_000;

/**
 * Whether a text of JSON is deeper than so many levels or has too many elements, looked at before anything is made of it: an element takes
 * many times the memory of its text.
 */
export const outgrows = (text: string, levels: number): 'deep' | 'many' | undefined =>
  text.length <= levels ? undefined : measured(text, levels).outgrown;

/** The same, and how many keys were said until then. */
export function measured(text: string, levels: number) {
  let [depth, elements, keys, isText] = [0, 0, 0, false];
  const outgrown = (as?: 'deep' | 'many') => ({ outgrown: as, keys });
  for (let i = 0; i < text.length; i++) {
    const it = text.charCodeAt(i);
    if (isText) {
      if (it === backslash) i++;
      else if (it === quote) isText = false;
    } else if (it === quote) isText = true;
    else if (it === colon) keys++;
    else if (it === comma || it === bracket || it === brace) {
      if (++elements > mostElements) return outgrown('many');
      if (it !== comma && ++depth > levels) return outgrown('deep');
    } else if (it === bracket + 2 || it === brace + 2) depth--;
  }
  return outgrown();
}

const [quote, comma, colon, bracket, backslash, brace] = [34, 44, 58, 91, 92, 123];
