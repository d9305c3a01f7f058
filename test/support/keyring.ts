/** The keys that secrets are kept under in tests, newest first. */
export const keyring: Buffer[] = [Buffer.alloc(32, 'one')];
