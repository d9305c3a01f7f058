/** The seals of the log (ACT-3). */
export const recording = `
select 1;
`;
