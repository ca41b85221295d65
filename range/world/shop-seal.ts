import { luhnValid } from './identity.ts'
import type { ShopRequest, ShopState } from './types-shop.ts'

/**
 * Takes card numbers out of a request before anything is stored, logged or put into an event: a
 * printed test card becomes its token, wherever it stands in the form or query and however a script
 * wrapped it (plain, base64, hex, reversed). `unprinted` tells that another Luhn-valid number was
 * there: such a request must be refused (W5).
 */
export function sealRequest(
  shop: ShopState,
  request: ShopRequest,
): { readonly request: ShopRequest; readonly unprinted: boolean } {
  let unprinted = false
  const seal = (text: string): string => {
    const found = cardIn(shop, text)
    if (found === 'unprinted') unprinted = true
    return found === null ? text : found === 'unprinted' ? '' : shop.cards[found]!.token
  }
  const form = Object.fromEntries(
    Object.entries(request.form)
      .slice(0, 40)
      .map(([name, value]) => [name.slice(0, 40), seal(value.slice(0, 4_000))]),
  )
  return {
    request: {
      ...request,
      form,
      query: seal(request.query),
      path: seal(request.path),
      referrer: seal(request.referrer),
    },
    unprinted,
  }
}

/**
 * Index of the printed card that a text holds, `unprinted` for another valid number, null for none.
 */
export function cardIn(shop: ShopState, text: string): number | 'unprinted' | null {
  if (text.length < 12 || /^tok_[0-9a-f]{16}$/.test(text)) return null
  let answer: number | 'unprinted' | null = null
  for (const reading of readings(text)) {
    for (const match of reading.matchAll(/\d(?:[ -]?\d){11,18}/g)) {
      const digits = match[0].replace(/[ -]/g, '')
      const card = shop.cardByNumber.get(digits)
      if (card !== undefined) return card
      if (luhnValid(digits)) answer = 'unprinted'
    }
  }
  return answer
}
/** Card index of a token, or null. */
export function cardOfToken(shop: ShopState, text: string): number | null {
  const match = /tok_[0-9a-f]{16}/.exec(text)
  if (!match) return null
  const index = shop.cards.findIndex((card) => card.token === match[0])
  return index < 0 ? null : index
}

function readings(text: string): readonly string[] {
  const list = [text, [...text].reverse().join('')]
  for (const match of text.matchAll(/[A-Za-z0-9+/_-]{16,}={0,2}/g)) {
    const plain = unwrap64(match[0])
    if (plain !== '') list.push(plain, [...plain].reverse().join(''))
  }
  for (const match of text.matchAll(/(?:3[0-9]){12,19}/g)) {
    list.push(match[0].replace(/3(\d)/g, '$1'))
  }
  return list
}
function unwrap64(coded: string): string {
  const bare = coded.replace(/=+$/, '')
  return bare.length % 4 === 1 ? '' : atob(bare.replace(/-/g, '+').replace(/_/g, '/'))
}
