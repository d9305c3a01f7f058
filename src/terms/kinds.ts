interface Row {
  /** What whoever changes one needs (WS-4). */
  readonly capability: 'flows_manager' | 'brand_kits_manager';
  /** What its document may be; src/documents judges each format. */
  readonly formats: readonly [string, ...string[]];
  /** The noun of the tools that are made for it. */
  readonly tools: 'workflow' | 'resource';
}

/** Every kind of resource: all follow the same rules, through the same code (OWN-4). */
// biome-ignore format: a table is read down its columns
export const kindTable = {
  workflow:     { capability: 'flows_manager',      tools: 'workflow', formats: ['n8n', 'serverless-workflow', 'json'] },
  assistant:    { capability: 'flows_manager',      tools: 'resource', formats: ['assistant'] },
  datasource:   { capability: 'flows_manager',      tools: 'resource', formats: ['datasource'] },
  conversation: { capability: 'flows_manager',      tools: 'resource', formats: ['conversation'] },
  chat_widget:  { capability: 'flows_manager',      tools: 'resource', formats: ['chat_widget'] },
  integration:  { capability: 'flows_manager',      tools: 'resource', formats: ['integration'] },
  brand_kit:    { capability: 'brand_kits_manager', tools: 'resource', formats: ['brand_kit'] },
} as const satisfies Record<string, Row>;

export type Kind = keyof typeof kindTable;

/** The capability that each kind's changes take. */
export const kinds = Object.fromEntries(
  Object.entries(kindTable).map(([kind, { capability }]) => [kind, capability]),
) as Readonly<Record<Kind, Row['capability']>>;

export const kindNames = Object.keys(kindTable) as [Kind, ...Kind[]];

export const capabilities = ['flows_manager', 'brand_kits_manager', 'audience_viewer'] as const;
export type Capability = (typeof capabilities)[number];
