/** Where things lie: what a project holds is found by it, when it becomes restricted or open (WS-7). */
export const placing = `
create index resource_project on resource (organization_id, project_id) where project_id is not null;
`;
