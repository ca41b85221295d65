import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/bench/**', 'test/soak/**', 'node_modules/**'],
    // These only catch what hangs: a busy machine must not fail a test.
    testTimeout: 240_000,
    hookTimeout: 120_000,
    // CI has two cores; more workers only make each other late.
    maxWorkers: 2,
  },
})
