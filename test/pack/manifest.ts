import { join } from 'node:path/posix';
import { identity } from '../../src/mcp/server.ts';
import { catalogue, usualToolsets } from '../../tools/index.ts';
import { asked, settingOf } from './asked.ts';
import { own } from './own.ts';

/** What a bundle holds: the bridge alone, for any machine, or a whole Postern, for machines like this one. */
export type Kind = 'bridge' | 'whole';

/** The manifest of a bundle, in the newest version that its makers don't call experimental. */
export const manifestOf = (kind: Kind) => ({
  manifest_version: '0.3',
  name: own.name,
  display_name: identity.title,
  version: own.version,
  description: own.description,
  long_description: says[kind],
  author: { name: 'The Postern authors' },
  icon: 'icon.png',
  license: own.license,
  keywords: own.keywords,
  server: {
    type: 'node',
    entry_point: placeIn(own.bin.postern),
    mcp_config: {
      command: 'node',
      args: [`\${__dirname}/${placeIn(own.bin.postern)}`, 'stdio', ...(kind === 'whole' ? ['--demo'] : [])],
      env: Object.fromEntries(Object.keys(asks[kind]).map((name) => [settingOf(name), `\${user_config.${name}}`])),
    },
  },
  tools: usualToolsets
    .flatMap((toolset) => catalogue[toolset])
    .map(({ entry: { name, title } }) => ({ name, description: title })),
  tools_generated: true,
  prompts_generated: true,
  compatibility: {
    platforms: kind === 'bridge' ? ['darwin', 'win32', 'linux'] : [process.platform],
    runtimes: { node: own.engines.node },
  },
  user_config: asks[kind],
});

/** Where a bundle has a file of the package: where npm puts it. */
export const placeIn = (path: string) => join('node_modules', own.name, path);

/** What is left empty is no setting. */
const optional = { required: false, default: '' };
const asks = {
  bridge: { url: { ...asked.url, required: true }, key: { ...asked.key, required: true } },
  whole: {
    url: { ...asked.url, ...optional },
    key: { ...asked.key, ...optional },
    home: { ...asked.home, ...optional },
  },
};

const says = {
  bridge: 'Connects to the Postern of your company with a key of yours: it does what you may, cut down to that key.',
  whole:
    'Brings a Postern with a database of its own. With nothing filled in it makes the demo organization Acme on this machine, ' +
    'and acts as Cleo there; with a key, as the person whose it is; with an address too, on the Postern of your company.',
};
