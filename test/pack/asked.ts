/** What a client asks its person before it starts Postern: the settings that they have, by what follows POSTERN_ in their names. */
export const asked = {
  url: {
    type: 'string',
    title: 'Address',
    description: 'Where your Postern is, like https://postern.example/mcp; one on this machine needs none.',
  },
  key: {
    type: 'string',
    sensitive: true,
    title: 'Key',
    description: 'A key of yours, which begins with postern_. Whoever runs your Postern makes it.',
  },
  home: {
    type: 'directory',
    title: 'Data folder',
    description: 'Where data on this machine lie, if not in the usual place. With an address it stays empty.',
  },
} as const;

/** The setting that an answer becomes. */
export const settingOf = (name: string) => `POSTERN_${name.toUpperCase()}`;
