/** Uniform in [0, 1) for the k-th choice about one text. */
export type Chance = (k: number) => number

/** An attack as somebody would write it who knows that there is a filter. */
export function disguised(text: string, chance: Chance): string {
  const ways = [percentTwice, entities, wide, comments, escapes, overlong, spaced, renamed]
  const way = ways[Math.floor(chance(2) * ways.length)] as (text: string, chance: Chance) => string
  return way(text, chance)
}

/** An attack, or an ordinary text, before or behind another text. */
export function surrounded(text: string, beside: string, chance: Chance): string {
  const joint = [' ', ', ', '. ', '\n', ''][Math.floor(chance(3) * 5)] as string
  const cut = beside.slice(0, 120)
  return chance(4) < 0.7 ? `${cut}${joint}${text}` : `${text}${joint}${cut}`
}

function percentTwice(text: string): string {
  return text.replace(
    /[<>'"/;=( ).]/g,
    (char) => `%25${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
function entities(text: string): string {
  return text.replace(/[<>'"(]/g, (char) => `&#${char.charCodeAt(0)};`)
}
function wide(text: string): string {
  return text.replace(/[<>'"/=]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0))
}
function comments(text: string): string {
  return text.replaceAll(' ', '/**/')
}
function escapes(text: string): string {
  return text.replace(
    /[<>'"/]/g,
    (char) => `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
function overlong(text: string): string {
  return text.replace(
    /[/.\\']/g,
    (char) => `%c${char.charCodeAt(0) >> 6}%${(0x80 | (char.charCodeAt(0) & 0x3f)).toString(16)}`,
  )
}
function spaced(text: string): string {
  return text.replace(/ /g, '\t').replace(/([=(),])/g, ' $1 ')
}

/** Other words and numbers in the same grammar. */
function renamed(text: string, chance: Chance): string {
  const words = ['anna', 'x', 'shoes', 'item', 'ref', 'na me', 'abc', 'test', 'admin', 'order']
  let k = 0
  return text
    .replace(/\b\d{1,5}\b/g, () => {
      k += 1
      return String(Math.floor(chance(5) * 900 * k) % 997)
    })
    .replace(/^-?\d+(?=['")])/, () => words[Math.floor(chance(6) * words.length)] as string)
}
