import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/peers/**', '**/node_modules/**'],
    globalSetup: 'test/support/template.ts',
    // Tests mostly wait for PostgreSQL and for programs that they start, so two cores carry four files at a time.
    maxWorkers: 4,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
