import { identity } from '../../src/mcp/server.ts';
import { asked, settingOf } from './asked.ts';
import { own } from './own.ts';

/** The bundle for any machine, where a release puts it. */
export interface Released {
  readonly address: string;
  readonly sha256: string;
}

/** What the registry of MCP servers is told: server.json, as its schema of 2025-12-11 has it. */
export const serverJson = ({ address, sha256 }: Released) => ({
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: own.mcpName,
  title: identity.title,
  description: own.description,
  version: own.version,
  packages: [
    {
      registryType: 'npm',
      identifier: own.name,
      version: own.version,
      runtimeHint: 'npx',
      transport: { type: 'stdio' },
      packageArguments: ['stdio', '--demo'].map((value) => ({ type: 'positional', value })),
      environmentVariables: Object.entries(asked).map(([name, it]) => ({
        name: settingOf(name),
        description: it.description,
        isSecret: 'sensitive' in it,
      })),
    },
    {
      registryType: 'mcpb',
      identifier: address,
      version: own.version,
      fileSha256: sha256,
      transport: { type: 'stdio' },
    },
  ],
  remotes: [
    {
      type: 'streamable-http',
      url: 'https://{host}/mcp',
      variables: {
        host: { description: 'The name of your Postern', placeholder: 'postern.example', isRequired: true },
      },
    },
  ],
});
