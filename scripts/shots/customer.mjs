/** A customer buys: front page, basket, checkout, the bank's question, the order that is paid. */
export const playCustomer = (camera, path, seat) =>
  camera.follow(
    'customer',
    path,
    async (page, at) => {
      const shop = page.frameLocator('iframe[src*="/x/"]')
      const look = { timeout: 20_000 }
      await at('front')
      await shop.locator('a[href*="product/"]').first().click(look)
      await shop.getByRole('button', { name: 'Put in basket' }).click(look)
      await shop.getByRole('link', { name: 'To checkout' }).waitFor(look)
      await at('basket')
      await shop.getByRole('link', { name: 'To checkout' }).click(look)
      const pay = page.locator('.bank-card button:enabled').first()
      await pay.waitFor(look)
      await at('checkout')
      await pay.click(look)
      const bank = shop.getByRole('button', { name: 'Yes, pay' })
      await shop.getByRole('heading', { name: /^Order/ }).waitFor(look)
      if (await bank.isVisible()) {
        await at('bank')
        await bank.click(look)
      }
      await page.locator('.orders li', { hasText: 'paid' }).first().waitFor({ timeout: 60_000 })
      await at('paid')
    },
    { seat, slot: 'seat' },
  )
