import { escape, euros, type Frame, type RenderOptions } from './pages-html.ts'
import { drawing } from './pages-drawings.ts'
import { SHOP_STYLE } from './pages-style.ts'
import { aboutProduct } from './shop-catalogue.ts'
import { liveRevision, salePrice, sessionOf } from './shop-lookup.ts'
import { SHOP_HOST } from './shop-scripts.ts'
import { accountBody, cartBody, checkoutBody, orderBody } from './pages-forms.ts'
import type { Page, Product, ScriptTag, View } from './types-shop.ts'
import type { World } from './types.ts'

/**
 * HTML of a view, a script's text, or plain words. Everything that people wrote is escaped; the
 * script tags that the live revision carries stand as they are. Links and forms hang on `base`, so
 * they work in an opaque origin and without any script.
 */
export function renderView(world: World, view: View, options: RenderOptions): string {
  switch (view.kind) {
    case 'text':
      return view.text
    case 'json':
      return view.json
    case 'script':
      return scriptText(world, view.src)
    case 'order': {
      const frame = { base: options.base, session: view.session ?? '' }
      return shell(world, frame, {
        slug: 'account',
        title: 'Your order',
        body: orderBody(world, view.order, frame),
      })
    }
    case 'page':
      return renderPage(world, view, { base: options.base, session: view.session ?? '' })
  }
}
/** Media type of a view's rendering. */
export function mediaType(view: View): string {
  return {
    page: 'text/html; charset=utf-8',
    order: 'text/html; charset=utf-8',
    script: 'text/javascript; charset=utf-8',
    json: 'application/json',
    text: 'text/plain; charset=utf-8',
  }[view.kind]
}

function renderPage(world: World, view: Extract<View, { kind: 'page' }>, options: Frame): string {
  const notice = view.notice === undefined ? '' : noticeBox(view.notice)
  switch (view.slug) {
    case 'home':
      return shell(world, options, {
        slug: 'home',
        title: 'Shoes and small things',
        body: notice + homeBody(world, view.query ?? '', options),
      })
    case 'product':
      return productPage(world, view.product ?? 0, notice, options)
    case 'cart':
      return shell(world, options, {
        slug: 'cart',
        title: 'Your basket',
        body: notice + cartBody(world, options),
      })
    case 'checkout':
      return shell(world, options, {
        slug: 'checkout',
        title: 'Checkout',
        body: notice + checkoutBody(world, options),
      })
    case 'account':
      return shell(world, options, {
        slug: 'account',
        title: 'Your account',
        body: notice + accountBody(world, options),
      })
  }
}
function productPage(world: World, id: number, notice: string, options: Frame): string {
  const product = world.shop.products[id] ?? world.shop.products[0]!
  return shell(world, options, {
    slug: 'product',
    title: escape(product.name),
    body: notice + productBody(world, product, options),
  })
}

function scriptText(world: World, src: string): string {
  for (const page of world.shop.pages) {
    const script = page.revisions[page.live]!.scripts.find((one) => one.src === src)
    if (script) return script.text
  }
  return ''
}

const NOTICE: Readonly<Record<string, string>> = {
  added: 'It is in your basket.',
  declined: 'Your bank declined this card. You can try another one.',
  empty: 'Your basket is empty.',
  'sign-in': 'Please sign in first.',
  'wrong-code': 'That code does not fit this account.',
  'signed-in': 'Welcome back.',
  'mail-sent': 'If we know this address, a letter with a new code is on its way.',
  'card-unknown': 'We take only cards from your own wallet.',
  'too-many': 'Too many tries. Please wait a minute.',
  thanks: 'Thank you for your words.',
  'sold-out': 'Somebody was quicker: there are not enough left.',
  locked: 'This account is locked. Please write to us.',
  claimed: 'We have your note and will look into it.',
}
function noticeBox(notice: string): string {
  return `<p class="notice" role="status">${NOTICE[notice] ?? ''}</p>`
}

function homeBody(world: World, query: string, options: Frame): string {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const found = world.shop.products.filter((one) =>
    words.every((word) => `${one.name} ${aboutProduct(one.id)}`.toLowerCase().includes(word)),
  )
  const head =
    query === ''
      ? `<section class="hero"><div><h1>Made for the way there.</h1><p>Shoes from one workshop, a small larder, and whatever else a long walk asks for.</p></div>${drawing('lane-boot', 'hero-art')}</section>`
      : `<h1>${found.length === 0 ? 'Nothing found' : `${found.length} found`} for “${escape(query)}”</h1>`
  return `${head}${saleStrip(world)}<ul class="shelf">${found.map((one) => card(world, one, options)).join('')}</ul>`
}
function saleStrip(world: World): string {
  const { sale } = world.shop
  return sale && world.now < sale.until
    ? `<p class="sale">Today for a short while: ${sale.factorPercent} % off everything.</p>`
    : ''
}
function card(world: World, product: Product, { base }: Frame): string {
  return `<li><a class="card" href="${base}product/${product.slug}">${drawing(product.slug, 'art')}<span class="name">${escape(product.name)}</span>${price(world, product)}</a></li>`
}
function price(world: World, product: Product): string {
  const now = salePrice(world, product.priceMinor)
  const was = now === product.priceMinor ? '' : `<s>${euros(product.priceMinor)}</s> `
  return `<span class="price">${was}${euros(now)}</span>`
}

function productBody(world: World, product: Product, { base }: Frame): string {
  const reviews = world.shop.reviews
    .filter((one) => one.product === product.id)
    .slice(-6)
    .reverse()
  const left = product.stock < 10 ? `<p class="few">Only ${product.stock} left</p>` : ''
  const hidden = `<input type="hidden" name="product" value="${product.slug}"><input type="hidden" name="price" value="${salePrice(world, product.priceMinor)}">`
  return `<article class="product">${drawing(product.slug, 'big-art')}<div><h1>${escape(product.name)}</h1><p class="about">${escape(aboutProduct(product.id))}</p>${price(world, product)}${left}
<form method="post" action="${base}cart/add">${hidden}<label>How many <input name="count" type="number" min="1" max="9" value="1"></label><button>Put in basket</button></form>
<p class="fine">${KIND_NOTE[product.kind]}</p></div></article>
<section class="reviews"><h2>What people say</h2>${reviews.length === 0 ? '<p class="fine">No one has written yet.</p>' : ''}${reviews.map((one) => `<blockquote data-stars="${one.stars}"><b>${'★'.repeat(one.stars)}${'☆'.repeat(5 - one.stars)}</b><p>${escape(one.text)}</p></blockquote>`).join('')}
<form method="post" action="${base}review"><input type="hidden" name="product" value="${product.slug}"><label>Stars <select name="stars"><option>5</option><option>4</option><option>3</option><option>2</option><option>1</option></select></label><label>Your words <textarea name="text" maxlength="600" rows="2"></textarea></label><button class="quiet">Send</button></form></section>`
}
const KIND_NOTE: Readonly<Record<Product['kind'], string>> = {
  physical: 'Ordered before four, on its way today. Thirty days to change your mind.',
  cold: 'Packed cold this morning and driven at 4 °C.',
  giftcard: 'Sent by mail within a minute.',
  download: 'Yours to read as soon as it is paid.',
}

function shell(
  world: World,
  { base, session }: Frame,
  page: { slug: Page['slug']; title: string; body: string },
): string {
  const row = sessionOf(world.shop, session)
  const count = row ? row.cart.reduce((sum, line) => sum + line.count, 0) : 0
  const who =
    row?.customer != null
      ? escape(world.shop.customers[row.customer]!.name.split(' ')[0]!)
      : 'Sign in'
  const scripts = liveRevision(world.shop, page.slug)
    .scripts.map((script) => tag(script, base))
    .join('\n')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · Larch &amp; Lane</title><style>${SHOP_STYLE}</style></head>
<body><a class="skip" href="#main">Skip to the goods</a><header><a class="logo" href="${base}">Larch <i>&amp;</i> Lane</a>
<form class="search" role="search" method="get" action="${base}search"><label><span class="hide">Search the shop</span><input name="q" type="search" placeholder="boots, cheese, maps …"></label><button class="quiet">Search</button></form>
<nav aria-label="Shop"><a href="${base}account">${who}</a><a class="basket" href="${base}cart">Basket${count > 0 ? ` <b>${count}</b>` : ''}</a></nav></header>
<main id="main">${page.body}</main>
<footer><p>Larch &amp; Lane, 4 Chandler Street. A shop in a town that does not exist.</p><p><a data-help href="${base}account">Help and returns</a></p></footer>
${scripts}
</body></html>`
}
/**
 * A script tag of the revision, its address mapped under the cage: other hosts are siblings of the
 * shop's.
 */
function tag(script: ScriptTag, base: string): string {
  if (script.src.startsWith('inline:'))
    return `<script>${script.text.replace(/<\/(script)/gi, '<\\/$1')}</script>`
  return `<script src="${escape(mapAddress(script.src, base))}"></script>`
}
export function mapAddress(src: string, base: string): string {
  const host = /^https?:\/\/([^/]+)\/(.*)$/.exec(src)
  if (!host) return base + src.replace(/^\//, '')
  return base.endsWith(`/${SHOP_HOST}/`)
    ? `${base.slice(0, -SHOP_HOST.length - 1)}${host[1]}/${host[2]}`
    : src
}
