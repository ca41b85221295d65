import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/bench/**', 'test/soak/**', 'node_modules/**'],
    // A test that needs longer says so itself.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // CI has two cores; more workers only make each other late.
    maxWorkers: 2,
  },
})
