/**
 * Tokens that a value may come to as JSON, estimated from above without a tokenizer: plain words cost less, random letters about
 * this, and beyond ASCII no text costs more tokens than bytes.
 */
export function weightOf(value: unknown): number {
  const json = JSON.stringify(value) ?? '';
  let sum = 0;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code > 127) sum += code < 0x800 ? 2 : 1.5;
    else if (code >= 97 && code <= 122) sum += 0.45;
    else if (code === 32) sum += 0.3;
    else sum += 0.62;
  }
  return Math.ceil(sum);
}
