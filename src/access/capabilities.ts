import { type Capability, capabilities } from '../terms/kinds.ts';
import type { WorkspaceRole } from '../terms/ladders.ts';

/** What a role presets (WS-3). */
export const presets: Readonly<Record<WorkspaceRole, readonly Capability[]>> = {
  owner: capabilities,
  admin: capabilities,
  creator: ['flows_manager', 'brand_kits_manager'],
  viewer: [],
};

/** How someone is in a workspace: their own membership, a team's, or as an organization admin, which is an override (EXT-3). */
export interface Place {
  readonly role: WorkspaceRole;
  readonly via: string;
  readonly override: boolean;
}

/** What an admin switched for one member, on or off; it outlives a change of role. */
export type Switches = Readonly<Partial<Record<Capability, boolean>>>;

/** On if any place gives it, unless the member's own switch says otherwise (WS-3). Whoever has no place has none (DEC-2). */
export function capabilitiesOf(places: readonly Place[], switches: Switches): readonly Capability[] {
  if (places.length === 0) return [];
  return capabilities.filter((it) => switches[it] ?? places.some(({ role }) => presets[role].includes(it)));
}
