import { totalmem } from 'node:os';

const mebibyte = 2 ** 20;

/**
 * PostgreSQL's `shared_buffers` for a machine with so many bytes of memory, of which a container may leave less: an eighth, since Postern runs
 * beside it, from 128 MB to 1 GB. It is taken as it fills. What does not fit in it is copied from the system's cache with each read, and
 * at a million workflows that is most of what a check touches.
 */
export function sharedBuffers(memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)) {
  return `${Math.min(1024, Math.max(128, Math.floor(memory / 8 / mebibyte)))}MB`;
}
