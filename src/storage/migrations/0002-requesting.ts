/** What a reviewer's requests are read from: those of a resource, and what the organization owns that is everyone's (REQ-2). */
export const requesting = `
create index access_request_of on access_request (organization_id, resource_id, id desc) where workspace_id is not null;
create index resource_given on resource (organization_id, workspace_id, restricted_to, id desc)
  where owner_id is null and visibility = 'everyone' and deleted_at is null;
`;
