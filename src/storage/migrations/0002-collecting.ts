/** What is collected in a workspace and kept from agents: contacts (WS-5), and the secrets of integrations. */
export const collecting = `
select 1;
`;
