import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/peers/**', '**/node_modules/**'],
    globalSetup: 'test/support/template.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
