/** The kinds of resource, and the capability that whoever changes one needs (WS-4). All follow the same rules (OWN-4). */
export const kinds = {
  workflow: 'flows_manager',
  assistant: 'flows_manager',
  datasource: 'flows_manager',
  conversation: 'flows_manager',
  chat_widget: 'flows_manager',
  integration: 'flows_manager',
  brand_kit: 'brand_kits_manager',
} as const;

export type Kind = keyof typeof kinds;

export const capabilities = ['flows_manager', 'brand_kits_manager', 'audience_viewer'] as const;
export type Capability = (typeof capabilities)[number];
