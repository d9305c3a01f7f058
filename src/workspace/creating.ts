import * as z from 'zod';
import type { Decided } from '../storage/decided.ts';
import { insertResource } from '../storage/resources.ts';
import { insertRevision } from '../storage/revisions.ts';
import { newId, outside } from '../terms/ids.ts';
import { type Kind, kindNames } from '../terms/kinds.ts';
import { reaches } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import { DocumentIn, Format, formatOf, type ReadDocument, read, revisionFrom } from './documents.ts';
import { type Extras, extras, keepExtras, ofIntegrations } from './integrations.ts';
import { projectNamed } from './listing.ts';
import { Opened, OpenedOfAnyKind, reopened } from './opened.ts';
import { changing, type Desk } from './operation.ts';
import { Id, Name, text } from './shapes.ts';
import { whereToCreate } from './workspaces.ts';

const place = {
  description: text(2000).optional(),
  workspace: z.string().max(200).optional().describe('Name or id; needed only where you may create in several.'),
  project: Id.optional(),
};

interface Wish extends Extras {
  readonly kind?: Kind;
  readonly name: string;
  readonly document: unknown;
  readonly format?: ReadDocument['format'] | undefined;
  readonly description?: string | undefined;
  readonly workspace?: string | undefined;
  readonly project?: string | undefined;
}

const creating = <O extends typeof OpenedOfAnyKind | typeof Opened>(
  name: string,
  { input, output, only }: { input: z.ZodObject; output: O; only?: Kind },
) =>
  changing({
    name,
    action: (given) => (given.install === 'workspace' ? 'integration.install' : 'resource.create'),
    actions: ['resource.create', 'integration.install'],
    input,
    output,
    find: (desk, given) => {
      const { kind = only ?? 'workflow', workspace } = given as unknown as Wish;
      return whereToCreate(desk, kind, workspace);
    },
    async run(desk, workspace, given) {
      const {
        kind = only ?? 'workflow',
        name,
        document,
        description = null,
        project,
        ...rest
      } = given as unknown as Wish;
      const inProject = project === undefined ? null : await projectToFill(desk, workspace, project);
      const it = read(document, formatOf(kind) ?? rest.format, '/document', desk);
      const id = newId();
      await insertResource(desk.tx, workspace, { id, kind, name, description, project: inProject });
      await insertRevision(
        desk.tx,
        workspace,
        revisionFrom(it, { resource: id, workspace: workspace.subject.id, number: 1, name }),
      );
      const kept = await keepExtras(desk, workspace, { id, workspace_id: workspace.subject.id }, rest);
      return {
        outcome: { id, kind },
        made: { noun: 'resource', id, kind },
        before: null,
        after: { id: outside(kind, id), name, digest: it.digest, ...kept },
      };
    },
    answer: async (desk, made) => reopened(desk, made) as Promise<z.input<O>>,
  });

export const createWorkflow = creating('create_workflow', {
  input: z.strictObject({
    name: Name,
    document: DocumentIn.describe('An object, or JSON or YAML text.'),
    format: Format.optional().describe('Found out if left out.'),
    ...place,
  }),
  output: Opened,
  only: 'workflow',
});

export const createResource = creating('create_resource', {
  input: z
    .strictObject({
      kind: z.enum(kindNames),
      name: Name,
      document: DocumentIn.describe('An object, or JSON or YAML text.'),
      ...place,
      ...extras,
    })
    .refine(...ofIntegrations('secret'))
    .refine(...ofIntegrations('install')),
  output: OpenedOfAnyKind,
});

/** The project to create in: one of that workspace, and of a restricted one only its editors fill it (WS-7). */
async function projectToFill(
  desk: Desk,
  { subject, facts }: Decided<'resource.create' | 'integration.install'>,
  named: string,
): Promise<string> {
  const project = await projectNamed(desk, named);
  if (project?.workspace_id !== subject.id)
    throw new Problem('not_found', 'No project with this id is there for you.', { advice: 'Check the id.' });
  const isWide = facts.override && facts.places.some(({ role }) => reaches('workspace', role, 'admin'));
  if (project.mode === 'restricted' && project.role !== 'editor' && !isWide) {
    throw new Problem('permission_denied', 'In this restricted project you only read (WS-7).', {
      advice: 'Create it outside of the project, or ask an admin of the workspace for editor there.',
    });
  }
  return project.id;
}
