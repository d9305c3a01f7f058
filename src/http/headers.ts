/** Carries the token of a preview, with the call that it confirms (EXT-8). */
export const confirmHeader = 'Postern-Confirm';
/** Carries the key under which a write can be repeated safely (EXT-9). */
export const keyHeader = 'Idempotency-Key';
