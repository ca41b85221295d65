import { expect, type Page } from '@playwright/test'

/**
 * Until what the server drew answers to hands and keys: a key pressed before its program has come
 * is lost, and only a person would press it again.
 */
export async function awake(page: Page): Promise<void> {
  await expect(page.locator('astro-island[ssr][client="load"]')).toHaveCount(0)
}
