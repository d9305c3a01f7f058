/** Of a request: more than a document of the largest size can have. */
export const mostElements = 600_000;

/**
 * Whether a text of JSON is deeper than so many levels or has too many elements, looked at before anything is made of it: an element takes
 * many times the memory of its text.
 */
export function outgrows(text: string, levels: number): 'deep' | 'many' | undefined {
  if (text.length <= levels) return undefined;
  let [depth, elements, isText] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const it = text.charCodeAt(i);
    if (isText) {
      if (it === backslash) i++;
      else if (it === quote) isText = false;
    } else if (it === quote) isText = true;
    else if (it === comma || it === bracket || it === brace) {
      if (++elements > mostElements) return 'many';
      if (it !== comma && ++depth > levels) return 'deep';
    } else if (it === bracket + 2 || it === brace + 2) depth--;
  }
  return undefined;
}

const [quote, comma, backslash, bracket, brace] = [34, 44, 92, 91, 123];
