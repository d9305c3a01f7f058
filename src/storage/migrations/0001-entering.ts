/**
 * Every transaction of the server begins with enter(): it says for which organization and person it runs, of which groups and teams they
 * are, and which workspaces are in reach: places, and those with a live grant, cut to the credential's, those deleted left out
 * (EXP-6), and to the workspace that the connection was narrowed to, if it was; and whether all of the log is theirs to
 * read (ACT-2). It answers how the caller stands; null where the credential, the person or the organization has ended. It runs as the
 * tables' owner, since it reads what decides the reach. Without it, the settings are empty and every policy denies.
 */
export const entering = `
create function cut_to(workspaces uuid[], narrowed uuid) returns uuid[] language sql immutable as $$
  select case when narrowed is null then workspaces when workspaces is null or narrowed = any (workspaces) then array[narrowed] else '{}' end $$;
create function enter(org uuid, credential_id uuid, narrowed uuid) returns json language plpgsql security definer set search_path = public, pg_temp as $$
declare
  it record; principals uuid[]; names json; reach uuid[]; places json; gates json; switches json;
begin
  select p.organization_id, p.id, p.email, p.name, p.role, p.can_invite, c.id as credential, c.name as credential_name, c.scopes, cut_to(c.workspaces, narrowed) as cut, c.expires_at
  into it from credential c join person p on p.organization_id = c.organization_id and p.id = c.person_id
  join organization o on o.id = p.organization_id and o.deleted_at is null
  where c.organization_id = org and c.id = credential_id and c.revoked_at is null and p.status = 'active'
    and (c.expires_at is null or c.expires_at > statement_timestamp());
  if it.id is null then
    perform set_config('postern.org', '', true), set_config('postern.person', '', true), set_config('postern.principals', '{}', true),
      set_config('postern.reach', '{}', true), set_config('postern.log', '', true);
    return null;
  end if;
  select array_agg(b.principal_id), json_object_agg(b.principal_id, b.name) into principals, names from belonging b
  where b.organization_id = org and b.person_id = it.id;
  principals := array_prepend(it.id, principals);
  select json_agg(json_build_object('workspace', w.id, 'name', w.name, 'takeBack', w.take_back, 'role', mine.role, 'teams', mine.teams, 'switches',
      (select json_object_agg(s.capability, s.enabled) from capability_switch s where s.organization_id = org and s.person_id = it.id and s.workspace_id = w.id))
      order by w.name, w.id), array_agg(w.id)
    into places, reach
  from (
    select workspace, max(role) as role, json_agg(json_build_object('role', team_role, 'name', team) order by team) filter (where team is not null) as teams from (
      select m.workspace_id as workspace, m.role, null::workspace_role as team_role, null::text as team
      from workspace_member m where m.organization_id = org and m.person_id = it.id
      union all
      select t.workspace_id, null, t.role, team.name from workspace_team t join team on team.organization_id = org and team.id = t.team_id
      where t.organization_id = org and t.team_id = any (principals)
    ) each group by workspace
  ) mine join workspace w on w.organization_id = org and w.id = mine.workspace and w.deleted_at is null and (it.cut is null or w.id = any (it.cut));
  select json_object_agg(project_id, role) into gates from (
    select m.project_id, max(m.role) as role from gate m where m.organization_id = org and m.principal_id = any (principals) group by m.project_id) each;
  if it.role = 'admin' and 'override' = any (it.scopes) then
    select array_agg(w.id) into reach from workspace w where w.organization_id = org and w.deleted_at is null and (it.cut is null or w.id = any (it.cut));
    select json_object_agg(workspace_id, switched) into switches from (
      select s.workspace_id, json_object_agg(s.capability, s.enabled) as switched from capability_switch s
      where s.organization_id = org and s.person_id = it.id group by s.workspace_id) each;
  else
    with recursive spots as (
      select p as principal, (select g.workspace_id from access_grant g where g.organization_id = org and g.principal_id = p and g.live
        order by g.workspace_id limit 1) as workspace from unnest(principals) p
      union all
      select s.principal, (select g.workspace_id from access_grant g where g.organization_id = org and g.principal_id = s.principal and g.live
        and g.workspace_id > s.workspace order by g.workspace_id limit 1) from spots s where s.workspace is not null
    )
    select reach || array_agg(distinct s.workspace) into reach from spots s
      join workspace w on w.organization_id = org and w.id = s.workspace and w.deleted_at is null and (it.cut is null or w.id = any (it.cut))
    where not s.workspace = any (coalesce(reach, '{}')) and exists (
      select from access_grant g where g.organization_id = org and g.principal_id = s.principal and g.workspace_id = s.workspace
        and g.live and (g.expires_at is null or g.expires_at > statement_timestamp()));
  end if;
  perform set_config('postern.org', org::text, true), set_config('postern.person', it.id::text, true),
    set_config('postern.principals', principals::text, true), set_config('postern.reach', coalesce(reach, '{}')::text, true),
    set_config('postern.log', case when it.role = 'admin' and it.cut is null and 'audit' = any (it.scopes) then 'all' else '' end, true);
  return json_build_object('me', row_to_json(it), 'now', extract(epoch from statement_timestamp()), 'places', places, 'switches', switches, 'names', names, 'reach', reach, 'gates', gates);
end $$;
create function admit(org uuid, credential_id uuid, hash bytea)
  returns table (id uuid, name text, scopes text[], person_id uuid, email text) language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.name, c.scopes, p.id, p.email from credential c join person p on p.organization_id = c.organization_id and p.id = c.person_id
  join organization o on o.id = p.organization_id and o.deleted_at is null
  where c.organization_id = org and c.id = credential_id and c.secret_hash = hash and c.revoked_at is null and p.status = 'active'
    and (c.expires_at is null or c.expires_at > statement_timestamp()) $$;
`;
