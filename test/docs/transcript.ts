import { readFileSync } from 'node:fs';

/** One answer, as it is shown: only these members, and of each list only so many. */
interface Shown {
  readonly keep: readonly string[];
  readonly first?: number;
}

/** One turn of a conversation: what a person says, or a call that their assistant makes. */
export type Turn =
  | { readonly who: string; readonly says: string }
  | { readonly who: string; readonly tool: string; args(id: Known): Record<string, unknown>; readonly show: Shown };

/** The ids that earlier answers held. */
export interface Known {
  readonly workflow: string;
  readonly request: string;
}

export type Answer = { readonly refused: string } | Readonly<Record<string, unknown>>;

/** What README tells: asking, deciding, getting in, and why. */
export const turns: readonly Turn[] = [
  { who: 'Dan', says: 'Cleo gave me this id for the on-call handbook. What does the workflow do?' },
  { who: 'Dan', tool: 'open_workflow', args: ({ workflow }) => ({ id: workflow }), show: { keep: [] } },
  {
    who: 'Dan',
    tool: 'request_access',
    args: ({ workflow }) => ({ id: workflow, message: 'For the on-call handbook.' }),
    show: { keep: ['id', 'status', 'role'] },
  },
  { who: 'Cleo', says: 'Does anyone want something of mine?' },
  {
    who: 'Cleo',
    tool: 'list_access_requests',
    args: () => ({ box: 'incoming', status: 'pending' }),
    show: { keep: ['items', 'id', 'resource', 'name', 'role', 'from', 'message', 'total'], first: 1 },
  },
  { who: 'Cleo', says: 'Dan may read it. Tell him that changes come to me.' },
  {
    who: 'Cleo',
    tool: 'decide_access_requests',
    args: ({ request }) => ({
      decisions: [{ id: request, decision: 'approve', role: 'viewer', note: 'Changes come to me.' }],
    }),
    show: { keep: ['outcomes', 'id', 'status', 'role'] },
  },
  { who: 'Dan', says: 'Any news?' },
  {
    who: 'Dan',
    tool: 'list_access_requests',
    args: () => ({ box: 'sent', status: 'approved' }),
    show: { keep: ['items', 'resource', 'name', 'owner', 'role', 'note'] },
  },
  {
    who: 'Dan',
    tool: 'open_workflow',
    args: ({ workflow }) => ({ id: workflow }),
    show: { keep: ['name', 'access', 'via', 'revision', 'outline', 'triggers', 'steps', 'at', 'type'], first: 2 },
  },
  { who: 'Dan', says: 'And why can I read it now?' },
  {
    who: 'Dan',
    tool: 'explain_access',
    args: ({ workflow }) => ({ id: workflow }),
    show: { keep: ['access', 'because', 'paths', 'via', 'rule', 'can', 'cannot', 'action'], first: 2 },
  },
];

/** In columns. */
const width = 116;

/** One turn as README shows it; ids are cut, since each run makes others. */
export function shown(turn: Turn, known: Known, answer?: Answer): string {
  if ('says' in turn) return `${turn.who}: ${turn.says}`;
  const call = `  ${turn.tool} ${JSON.stringify(turn.args(known))}`;
  const said = answer && 'refused' in answer ? wrapped(String(answer.refused)) : told(answer, turn.show, 4);
  return `${call}\n  → ${said}`.replaceAll(/\b([a-z]+)_[0-9a-z]{26}\b/g, '$1_…');
}

/** A page with what stands between each pair of marks printed anew. */
export function reprinted(file: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce(
    (text, [name, part]) => {
      const marked = new RegExp(`(<!-- printed: ${name} -->\n).*?(<!-- /printed -->)`, 's');
      if (!marked.test(text)) throw new Error(`${file} has no place for ${name}`);
      return text.replace(marked, (_, begin, end) => `${begin}${part}\n${end}`);
    },
    readFileSync(file, 'utf8'),
  );
}

/** JSON on one line where it fits, else a line a member; `…` stands for what is left out. */
function told(value: unknown, show: Shown, margin: number): string {
  const [open, parts, close] = taken(value, show);
  if (!parts) return open;
  const flat = `${open}${parts.map(([label, part]) => label + told(part, show, -1)).join(', ')}${close}`;
  if (margin < 0 || margin + flat.length <= width) return flat;
  const inner = ' '.repeat(margin + 2);
  const lines = parts.map(([label, part]) => `${inner}${label}${told(part, show, margin + 2)}`);
  return `${open}\n${lines.join(',\n')}\n${' '.repeat(margin)}${close}`;
}

/** Stands where something is left out. */
class Ellipsis {}
const ellipsis = new Ellipsis();

type Part = readonly [label: string, value: unknown];

function taken(value: unknown, { keep, first = Number.POSITIVE_INFINITY }: Shown): [string, Part[]?, string?] {
  if (value === ellipsis) return ['…'];
  if (Array.isArray(value)) {
    const parts = value.slice(0, first).map((it): Part => ['', it]);
    return ['[', value.length > first ? [...parts, ['', ellipsis]] : parts, ']'];
  }
  if (typeof value !== 'object' || value === null) return [JSON.stringify(value)];
  const all = Object.entries(value);
  const parts = all.filter(([key]) => keep.includes(key)).map(([key, it]): Part => [`${JSON.stringify(key)}: `, it]);
  return ['{', parts.length < all.length ? [...parts, ['', ellipsis]] : parts, '}'];
}

function wrapped(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length + 5 > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n    ');
}
