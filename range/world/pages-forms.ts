import { escape, euros, type Frame } from './pages-html.ts'
import { cartTotal, sessionOf, transactionOf } from './shop-lookup.ts'
import { town } from './town.ts'
import type { Order, Session } from './types-shop.ts'
import type { World } from './types.ts'

/** Bodies of the pages that are about somebody: basket, checkout, account, order. */
export function cartBody(world: World, { base, session }: Frame): string {
  const row = sessionOf(world.shop, session)
  if (!row || row.cart.length === 0)
    return `<h1>Your basket</h1><p>Nothing in it yet. <a href="${base}">Have a look around.</a></p>`
  return `<h1>Your basket</h1>${linesTable(world, row.cart, base)}<p class="total">Together <b>${euros(cartTotal(row))}</b></p><p><a class="button" href="${base}checkout">To checkout</a></p>`
}
function linesTable(world: World, lines: Session['cart'], base: string | null): string {
  const rows = lines.map((line) => {
    const product = world.shop.products[line.product]!
    const remove =
      base === null
        ? ''
        : `<td><form method="post" action="${base}cart/remove"><input type="hidden" name="product" value="${product.slug}"><button class="quiet" aria-label="Take out ${escape(product.name)}">Take out</button></form></td>`
    return `<tr><th scope="row">${escape(product.name)}</th><td>${line.count} ×</td><td>${euros(line.priceMinor)}</td>${remove}</tr>`
  })
  return `<table class="lines">${rows.join('')}</table>`
}

export function checkoutBody(world: World, { base, session }: Frame): string {
  const row = sessionOf(world.shop, session)
  if (!row || row.cart.length === 0)
    return `<h1>Checkout</h1><p>Your basket is empty. <a href="${base}">Back to the shop</a></p>`
  const customer = row.customer === null ? null : world.shop.customers[row.customer]!
  const places = [
    ...town.lockers,
    ...(customer ? town.doors.filter((door) => door.id === customer.address) : []),
  ]
  const options = places.map(
    (place) =>
      `<option value="${place.id}"${place.id === customer?.address ? ' selected' : ''}>${place.id.startsWith('locker') ? 'Parcel locker, ' : 'Home, '}${escape(place.name)}</option>`,
  )
  const signIn = customer
    ? `<p>For ${escape(customer.name)}</p>`
    : `<p>Buying as a guest. <a href="${base}account">Sign in</a> to have it sent home.</p>`
  return `<h1>Checkout</h1><div class="two"><form data-pay method="post" action="${base}checkout/pay" autocomplete="off">${signIn}
<label>Where to<select name="address">${options.join('')}</select></label>
<label>Card number<input name="card" inputmode="numeric" autocomplete="off" maxlength="23" placeholder="Choose a card from your wallet" required></label>
<button>Pay ${euros(cartTotal(row))}</button><p class="fine">Payment by Paynorth. Amounts above €30 are confirmed with your bank.</p></form>
<aside><h2>Your basket</h2>${linesTable(world, row.cart, null)}<p class="total">Together <b>${euros(cartTotal(row))}</b></p></aside></div>`
}

const STATUS: Readonly<Record<Order['status'], string>> = {
  placed: 'Waiting for your bank',
  paid: 'Paid, about to be packed',
  packed: 'In the warehouse',
  shipped: 'On its way',
  delivered: 'Delivered',
  cancelled: 'Cancelled',
  refunded: 'Refunded',
  failed: 'Not paid',
}
export function orderBody(world: World, id: number, { base }: Frame): string {
  const order = world.shop.orders[id]
  if (!order) return '<h1>No such order</h1>'
  const transaction = transactionOf(world.shop, order)
  const gifts = world.shop.giftCards
    .filter((one) => one.order === id)
    .map(
      (one) =>
        `<p class="gift">Gift card <code>${one.code}</code>, worth ${euros(one.valueMinor)}</p>`,
    )
  const file =
    order.status !== 'failed' &&
    order.status !== 'placed' &&
    order.lines.some((line) => world.shop.products[line.product]!.kind === 'download')
  return `<h1>Order ${order.number}</h1><p class="status">${STATUS[order.status]}</p>${transaction?.status === 'challenged' ? challenge(order, base) : ''}${linesTable(world, order.lines, null)}<p class="total">Together <b>${euros(order.totalMinor)}</b></p>${gifts.join('')}${file ? `<p><a class="button" href="${base}download/${order.number}">Download</a></p>` : ''}
<details><summary>Something wrong with this order?</summary><form method="post" action="${base}order/${order.number}/claim"><label>What happened<textarea name="reason" maxlength="200" rows="2"></textarea></label><button class="quiet">Tell us</button></form></details>`
}
function challenge(order: Order, base: string): string {
  const button = (agree: string, label: string, style: string): string =>
    `<button name="agree" value="${agree}"${style}>${label}</button>`
  return `<form class="bank" method="post" action="${base}order/${order.number}/confirm"><h2>Your bank asks</h2><p>Pay ${euros(order.totalMinor)} to Larch &amp; Lane?</p>${button('yes', 'Yes, pay', '')}${button('no', 'No', ' class="quiet"')}</form>`
}

export function accountBody(world: World, { base, session }: Frame): string {
  const row = sessionOf(world.shop, session)
  if (row?.customer == null) {
    return `<h1>Sign in</h1><form method="post" action="${base}login"><label>Mail address<input name="account" type="email" autocomplete="off" required></label><label>Badge code<input name="code" inputmode="numeric" autocomplete="off" required></label><button>Sign in</button></form>
<form method="post" action="${base}forgot"><details><summary>Lost your code?</summary><label>Mail address<input name="account" type="email" autocomplete="off"></label><button class="quiet">Send a new one</button></details></form>`
  }
  const customer = world.shop.customers[row.customer]!
  const orders = world.shop.orders
    .filter((one) => one.customer === customer.id)
    .slice(-12)
    .reverse()
  const list = orders.map(
    (one) =>
      `<li><a href="${base}order/${one.number}">${one.number}</a> <span>${STATUS[one.status]}</span> <b>${euros(one.totalMinor)}</b></li>`,
  )
  return `<h1>Hello, ${escape(customer.name.split(' ')[0]!)}</h1><h2>Your orders</h2>${list.length === 0 ? '<p class="fine">None yet.</p>' : `<ul class="orders">${list.join('')}</ul>`}`
}
