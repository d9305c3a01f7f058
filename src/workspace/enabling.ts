import * as z from 'zod';
import { capabilitiesOf } from '../access/capabilities.ts';
import { type Placing, placingsOf } from '../storage/members.ts';
import { setSwitch, switchesOf } from '../storage/places.ts';
import { outside } from '../terms/ids.ts';
import { capabilities } from '../terms/kinds.ts';
import { Problem } from '../terms/problem.ts';
import { personNamed } from './directory.ts';
import { changing, type Desk } from './operation.ts';
import { Who } from './people.ts';
import { Words } from './shapes.ts';
import { workspaceCalled } from './workspaces.ts';

const Switch = z.enum(['on', 'off', 'reset']).optional();
const Enabled = z.object({ capabilities: z.array(z.string()), switched: z.record(z.string(), z.boolean()) });

/** What someone may do in a workspace: what their places preset, and what was switched for them (WS-3). */
export async function enabledIn(
  { tx, me }: Desk,
  workspace: string,
  person: string,
  { own, role }: Pick<Placing, 'own' | 'role'>,
): Promise<z.output<typeof Enabled>> {
  const switched = await switchesOf(tx, me, workspace, person);
  const places = [own, role].flatMap((it) => (it ? [{ role: it, via: '', override: false }] : []));
  return { capabilities: [...capabilitiesOf(places, switched)], switched: { ...switched } as Record<string, boolean> };
}

export const setMemberCapabilities = changing({
  name: 'set_member_capabilities',
  action: 'workspace.enable',
  input: z
    .strictObject({
      id: Who,
      workspace: Words(200).describe('A name or id.'),
      flows_manager: Switch,
      brand_kits_manager: Switch,
      audience_viewer: Switch.describe('reset: as the role presets it.'),
    })
    .refine((it) => capabilities.some((capability) => it[capability]), {
      path: ['flows_manager'],
      message: 'At least one capability is switched.',
    }),
  output: Enabled.extend({ id: z.string(), email: z.string(), workspace: z.string() }),
  find: (desk, { workspace }) => workspaceCalled(desk, workspace),
  async run(desk, target, { id, workspace: _, ...wanted }) {
    const { tx, me } = desk;
    const { id: workspace } = target.subject;
    const person = await personNamed(desk, id);
    if (person instanceof Problem) throw person;
    if (person.id === me.person)
      throw new Problem('permission_denied', 'Nobody switches their own capabilities (WS-4).', {
        advice: 'Ask another admin of the workspace.',
      });
    const [placing] = await placingsOf(tx, me, [person.id], [workspace]);
    if (!placing)
      throw new Problem('invalid_argument', '/id: They are not in this workspace.', {
        pointer: '/id',
        advice: 'Give them a role there first, with set_member_role.',
      });
    const before = await enabledIn(desk, workspace, person.id, placing);
    for (const capability of capabilities) {
      const to = wanted[capability];
      if (to) await setSwitch(tx, target, person.id, capability, to === 'reset' ? null : to === 'on');
    }
    const after = await enabledIn(desk, workspace, person.id, placing);
    const whose = { person: outside('person', person.id) };
    return {
      outcome: { person: person.id, email: person.email ?? '', workspace },
      before: { ...whose, switched: before.switched },
      after: { ...whose, switched: after.switched },
      idle: JSON.stringify(before.switched) === JSON.stringify(after.switched),
    };
  },
  async answer(desk, { person, email, workspace }) {
    const [placing] = await placingsOf(desk.tx, desk.me, [person], [workspace]);
    const now = await desk.may('workspace.enable', { noun: 'workspace', id: workspace });
    const enabled =
      placing && !(now instanceof Problem)
        ? await enabledIn(desk, workspace, person, placing)
        : { capabilities: [], switched: {} };
    return { id: outside('person', person), email, workspace: outside('workspace', workspace), ...enabled };
  },
});
