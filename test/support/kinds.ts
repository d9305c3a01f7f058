import { type Kind, kindNames } from '../../src/terms/kinds.ts';

interface Example {
  readonly document: Readonly<Record<string, unknown>>;
  /** What does not fit, and the pointers that say so. */
  readonly broken: Readonly<Record<string, unknown>>;
  readonly findings: readonly string[];
}

/** A document of each kind that has a shape of its own, with what its kind knows and something that it does not; and a broken one. */
export const examples: Readonly<Record<Exclude<Kind, 'workflow'>, Example>> = {
  assistant: {
    document: {
      instructions: 'Answer in one sentence.',
      model: 'small',
      temperature: 0.2,
      tools: ['search', { name: 'lookup', strict: true }],
      house_style: { tone: 'calm' },
    },
    broken: { model: 7, tools: [{ title: 'x' }] },
    findings: ['/instructions', '/model', '/tools/0'],
  },
  datasource: {
    document: {
      type: 'website',
      address: 'https://docs.acme.test/a?b=1',
      schema: { title: 'text' },
      crawled: ['/', '/a'],
    },
    broken: { address: 'file:///etc/passwd', items: {} },
    findings: ['/type', '/address', '/items'],
  },
  conversation: {
    document: {
      title: 'Returns',
      messages: [
        { role: 'user', content: 'May I?', at: '2026-01-31T10:00:00Z' },
        { role: 'assistant', content: [{ type: 'text', text: 'You may.' }], mood: 'kind' },
      ],
      rating: 5,
    },
    broken: { messages: [{ role: 'robot', content: 1 }, 'hello'] },
    findings: ['/messages/0/role', '/messages/0/content', '/messages/1'],
  },
  chat_widget: {
    document: {
      title: 'Ask us',
      greeting: 'Hello!',
      domains: ['acme.test'],
      appearance: { color: '#fff' },
      corner: 'left',
    },
    broken: { title: 1, domains: 'acme.test' },
    findings: ['/title', '/domains'],
  },
  integration: {
    document: {
      provider: 'crm',
      address: 'https://api.crm.test/v1',
      settings: { region: 'eu', headers: { Accept: 'json' } },
      team: 'sales',
    },
    broken: { address: 'ftp://crm.test', settings: [] },
    findings: ['/provider', '/address', '/settings'],
  },
  brand_kit: {
    document: {
      colors: [{ name: 'ink', value: '#112233' }],
      fonts: [{ name: 'Inter', use: 'text' }],
      logos: [{ address: 'https://cdn.acme.test/logo.svg' }],
      voice: 'plain',
      mood: ['calm'],
    },
    broken: { colors: [{ name: 'ink' }], logos: ['x'] },
    findings: ['/colors/0/value', '/logos/0'],
  },
};

export const shaped = kindNames.filter((kind) => kind !== 'workflow') as Exclude<Kind, 'workflow'>[];
