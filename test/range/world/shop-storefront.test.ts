import { describe, expect, test } from 'vitest'
import { badgeOf, luhnValid } from '../../../range/world/identity.ts'
import { renderView } from '../../../range/world/pages.ts'
import { sealRequest } from '../../../range/world/shop-seal.ts'
import { sessionKeyOf } from '../../../range/world/customer-visit.ts'
import type { Page } from '../../../range/world/types-shop.ts'
import { configOf, edit, PLAIN, refusals, shopRig, START, type ShopRig } from './shop-rig.ts'

const open = (over = {}): ShopRig => shopRig(configOf(7, over, PLAIN))
/** A working card of the first customer, as printed. */
const printed = (run: ShopRig, customer = 1): string =>
  run.world().shop.cards[run.world().shop.customers[customer]!.card]!.number
const signIn = (run: ShopRig, customer = 1): void => {
  const { account } = run.world().shop.customers[customer]!
  run.ask(
    'POST',
    '/login',
    { account, code: badgeOf(customer, 7) },
    { ip: run.world().shop.customers[customer]!.ip },
  )
}
const buy = (
  run: ShopRig,
  product: string,
  form: Record<string, string> = {},
): ReturnType<ShopRig['ask']> => {
  run.ask('POST', '/cart/add', { product, count: '1' })
  run.ask('GET', '/checkout')
  return run.ask(
    'POST',
    '/checkout/pay',
    { card: printed(run), ...form },
    { ip: run.world().shop.customers[1]!.ip },
  )
}

describe('storefront', () => {
  test('[W4] every path answers with its code', () => {
    const run = open()
    const rows: readonly (readonly [method: 'GET' | 'POST', path: string, code: number])[] = [
      ['GET', '/', 200],
      ['GET', '/search?q=boots', 200],
      ['GET', '/product/lane-boot', 200],
      ['GET', '/product/none', 404],
      ['GET', '/cart', 200],
      ['GET', '/checkout', 303],
      ['GET', '/account', 200],
      ['GET', '/order/ABCDEF', 404],
      ['GET', '/assets/shop.js', 200],
      ['GET', '/assets/../etc/passwd', 404],
      ['GET', '/download/ABCDEF', 404],
      ['POST', '/cart/add', 404],
      ['POST', '/checkout/pay', 303],
      ['POST', '/review', 303],
      ['POST', '/~csp', 400],
      ['POST', '/', 404],
    ]
    for (const [method, path, code] of rows)
      expect([path, run.ask(method, path).code]).toEqual([path, code])
  })

  test('[W4] a guest buys: basket, checkout, confirmation, order page', () => {
    const run = open()
    const paid = buy(run, 'lane-boot', { address: 'locker:L2' })
    expect(paid).toMatchObject({
      code: 303,
      location: expect.stringMatching(/^\/order\/[0-9A-Z]{6}$/),
    })
    const order = run.world().shop.orders.at(-1)!
    expect(order).toMatchObject({ status: 'placed', address: 'locker:L2', totalMinor: 14_900 })
    expect(run.ask('POST', `/order/${order.number}/confirm`, { agree: 'yes' }).code).toBe(303)
    expect(run.world().shop.orders.at(-1)!.status).toBe('paid')
    expect(run.ask('GET', paid.location!).code).toBe(200)
    expect(run.ask('GET', paid.location!, {}, { session: 'bbbbbbbbbbbbbbbb' }).code).toBe(404)
  })

  test('[W7] up to 30 euros nothing is asked, above the holder confirms, and a no leaves the basket', () => {
    const run = open()
    buy(run, 'merino-socks')
    expect(run.world().shop.transactions.at(-1)).toMatchObject({ response: '00', sca: 'exempt' })
    buy(run, 'daypack')
    expect(run.world().shop.transactions.at(-1)).toMatchObject({
      response: '1A',
      sca: 'challenge',
      status: 'challenged',
    })
    const order = run.world().shop.orders.at(-1)!
    run.ask('POST', `/order/${order.number}/confirm`, { agree: 'no' })
    expect(run.world().shop.transactions.at(-1)).toMatchObject({
      response: '05',
      sca: 'failed',
      status: 'declined',
    })
    expect(
      run.world().shop.sessions.find((one) => one.key === 'aaaaaaaaaaaaaaaa')!.cart,
    ).toHaveLength(1)
    const without = open({ sca: false })
    buy(without, 'daypack')
    expect(without.world().shop.transactions.at(-1)).toMatchObject({ response: '00', sca: 'none' })
  })

  test('[W5] a number that is not printed is refused before anything is stored', () => {
    const run = open()
    run.ask('POST', '/cart/add', { product: 'laces', count: '1' })
    const foreign = '4111 1111 1111 1111'
    expect(luhnValid(foreign.replaceAll(' ', ''))).toBe(true)
    const before = run.log.length
    expect(run.ask('POST', '/checkout/pay', { card: foreign }).code).toBe(400)
    expect(run.world().shop.orders).toHaveLength(0)
    expect(JSON.stringify(run.log.slice(before))).not.toContain('4111')
  })

  test('[W5] however a number is wrapped, its token is all that stays', () => {
    const { shop } = open().world()
    const { number, token } = shop.cards[3]!
    const back = [...number].reverse().join('')
    const spaced = number.replace(/(.{4})(?=.)/g, '$1 ')
    for (const text of [
      number,
      spaced,
      back,
      btoa(number),
      btoa(back),
      Buffer.from(number).toString('hex'),
      `n=${number}&x=1`,
    ]) {
      const sealed = sealRequest(shop, {
        method: 'POST',
        host: 'x.example',
        path: '/',
        query: text,
        form: { v: text },
        session: '',
        ip: '',
        agent: '',
        referrer: '',
      })
      expect([sealed.request.query, sealed.request.form['v']]).toEqual([token, token])
    }
    for (const text of [
      'hello',
      'order 1234',
      token,
      '2026-11-24 09:41:00',
      '+49 30 901820 0000',
    ]) {
      expect(
        sealRequest(shop, {
          method: 'POST',
          host: 'x',
          path: '/',
          query: '',
          form: { v: text },
          session: '',
          ip: '',
          agent: '',
          referrer: '',
        }).request.form['v'],
      ).toBe(text)
    }
  })

  test('[W5] printed cards pass the Luhn check and nobody can issue them', () => {
    for (const card of open().world().shop.cards) {
      expect(luhnValid(card.number)).toBe(true)
      expect(card.number).toMatch(/^990\d{13}$/)
    }
  })

  test('[W6] the same session and ordinal give the same order number whoever else shops', () => {
    const alone = open()
    buy(alone, 'laces')
    const crowded = open().to(60)
    buy(crowded, 'laces')
    expect(crowded.world().shop.orders.at(-1)!.number).toBe(
      alone.world().shop.orders.at(-1)!.number,
    )
  })

  test('[W15] a blocked source gets 403 until it is let in again', () => {
    const run = open()
    run.give({ kind: 'BlockSource', ip: '100.70.1.2' })
    expect(run.ask('GET', '/').code).toBe(403)
    expect(run.ask('GET', '/', {}, { ip: '100.70.1.3' }).code).toBe(200)
    expect(refusals(run.give({ kind: 'BlockSource', ip: '100.70.1.2' }))).toEqual([
      'source-blocked-already',
    ])
    run.give({ kind: 'UnblockSource', ip: '100.70.1.2' })
    expect(run.ask('GET', '/').code).toBe(200)
  })

  test('[W15] the policy is as it was once the last host is let in again', () => {
    const run = open()
    const before = run.world().shop.csp
    run.give({ kind: 'BlockHost', host: 'cdn.example' })
    run.give({ kind: 'BlockHost', host: 'tags.example' })
    expect(run.world().shop.csp).toMatchObject({
      blocked: ['cdn.example', 'tags.example'],
      enforce: true,
    })
    run.give({ kind: 'UnblockHost', host: 'cdn.example' })
    expect(run.world().shop.csp).toMatchObject({ blocked: ['tags.example'], enforce: true })
    expect(refusals(run.give({ kind: 'UnblockHost', host: 'cdn.example' }))).toEqual([
      'host-not-blocked',
    ])
    run.give({ kind: 'UnblockHost', host: 'tags.example' })
    expect(run.world().shop.csp).toEqual(before)
  })

  test('[W15] the velocity rule counts tries by address in the last minute', () => {
    const run = open()
    run.give({ kind: 'SetVelocityRule', perMinute: 2 })
    const codes = [1, 2, 3].map(() => buy(run, 'laces').code)
    expect(codes).toEqual([303, 303, 429])
    run.to(2)
    expect(buy(run, 'laces').code).toBe(303)
    expect(run.world().shop.orders).toHaveLength(3)
  })

  test('[W15] a locked customer can neither sign in nor pay', () => {
    const run = open()
    signIn(run)
    const { account } = run.world().shop.customers[1]!
    run.give({ kind: 'SuspendAccount', account })
    expect(buy(run, 'laces').code).toBe(403)
    expect(refusals(run.give({ kind: 'SuspendAccount', account: 'nobody' }))).toEqual([
      'no-such-account',
    ])
    run.give({ kind: 'RestoreAccount', account })
    expect(buy(run, 'laces').code).toBe(303)
    expect(run.world().shop.orders.at(-1)!.customer).toBe(1)
  })

  test('[W15] the shop keeps its own price unless that control is off', () => {
    const price = (run: ShopRig): number => {
      run.ask('POST', '/cart/add', { product: 'lane-boot', count: '1', price: '100' })
      return run.world().shop.sessions.at(-1)!.cart[0]!.priceMinor
    }
    expect(price(open())).toBe(14_900)
    expect(price(open({ serverSidePrice: false }))).toBe(100)
  })

  test('[W4] a person in a customer’s place is not simulated beside', () => {
    const run = open()
    for (let id = 0; id < 200; id++) run.give({ kind: 'SeatCustomer', customer: id, player: true })
    run.to(30)
    expect(run.events('HttpServed')).toHaveLength(0)
    const key = sessionKeyOf(run.world(), 4, 0)
    run.ask('GET', '/', {}, { session: key })
    expect(run.world().shop.sessions.at(-1)!.key).toBe(key)
  })
})

describe('pages', () => {
  const text = (run: ShopRig, slug: Page['slug'], base = '/x/cap/~/larchlane.example/'): string =>
    renderView(run.world(), { kind: 'page', slug, session: 'aaaaaaaaaaaaaaaa' }, { base })

  test('[W16] links, forms and scripts hang on the base, other hosts beside the shop', () => {
    const run = open()
    run.ask('POST', '/cart/add', { product: 'laces', count: '2' })
    const html = text(run, 'checkout')
    expect(html).toContain('action="/x/cap/~/larchlane.example/checkout/pay"')
    expect(html).toContain('src="/x/cap/~/js.paynorth.example/field.js"')
    expect(html).toContain('src="/x/cap/~/larchlane.example/assets/checkout.js"')
    for (const slug of ['home', 'product', 'cart', 'checkout', 'account'] as const) {
      expect(text(run, slug).match(/(?:href|src|action)="(?!\/x\/cap\/~\/|#)[^"]*"/g)).toBeNull()
    }
  })

  test('[W16] what people wrote is escaped', () => {
    const run = open()
    signIn(run)
    run.ask('POST', '/review', {
      product: 'laces',
      stars: '4',
      text: '<script>alert(1)</script><img src=x onerror=1>',
    })
    const product = run.world().shop.products.find((one) => one.slug === 'laces')!.id
    const html = renderView(run.world(), { kind: 'page', slug: 'product', product }, { base: '/' })
    expect(html).toContain('&#60;script&#62;alert(1)')
    expect(html).not.toContain('<img src=x')
    const found = run.ask('GET', `/search?q=${encodeURIComponent('"><b>x')}`)
    expect(renderView(run.world(), found.view, { base: '/' })).not.toContain('<b>x')
  })

  test('[W16] an inline script of a revision stands as it is and cannot end early', () => {
    const run = open()
    run.give(edit({ scripts: [{ src: 'inline:0', text: 'var a = "</script>"; go(a)' }] }))
    expect(text(run, 'home')).toContain('<script>var a = "<\\/script>"; go(a)</script>')
  })

  test('[W4] the length that is logged is that of the page', () => {
    const run = open()
    const response = run.ask('GET', '/product/lane-boot')
    expect(response.length).toBe(
      new TextEncoder().encode(renderView(run.world(), response.view, { base: '/' })).length,
    )
    expect(run.world().now).toBe(START)
  })
})
