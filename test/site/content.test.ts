import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  factSchema,
  lessonSchema,
  messageItemSchema,
  moduleSchema,
  quizItemSchema,
  reviewCardSchema,
  termSchema,
} from '../../site/content-schema.ts'
import { isRight, moved, shuffled } from '../../site/lessons/quiz.ts'

const yaml = (path: string): unknown[] => parse(readFileSync(path, 'utf8'))
const s1 = 'content/courses/sme/s1'
const facts = yaml('content/facts/s1.yml').map((row) => factSchema.parse(row))
const items = yaml(`${s1}/items.yml`).map((row) => quizItemSchema.parse(row))
const cards = yaml(`${s1}/cards.yml`).map((row) => reviewCardSchema.parse(row))
const terms = yaml('content/glossary/en.yml').map((row) => termSchema.parse(row))
const modules = yaml('content/courses/modules.yml').map((row) => moduleSchema.parse(row))
const games = 'content/games/real-or-scam'
const messages = readdirSync(games).map((file) =>
  messageItemSchema.parse(JSON.parse(readFileSync(join(games, file), 'utf8'))),
)
const lessons = readdirSync(s1)
  .filter((file) => file.endsWith('.mdx'))
  .map((file) => {
    const source = readFileSync(join(s1, file), 'utf8')
    const [, head = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(source) ?? []
    return { file, body, data: lessonSchema.parse(parse(head)) }
  })

/** What a reader sees of a lesson's own words: no data, no attributes, no code, no story. */
function prose(body: string): string {
  return body
    .replace(/^export const [\s\S]*?\n\]$/gm, '')
    .replace(/^export const .*$/gm, '')
    .replace(/<Story>[\s\S]*?<\/Story>/g, '')
    .replace(/`[^`]*`/g, '')
    .replace(/<[A-Z][^>]*>/g, (tag) => attributesSpoken(tag))
    .replace(/<[^>]+>/g, ' ')
}
/** Titles and sayings are read, too; lists, exhibits and numbers of notes are data. */
function attributesSpoken(tag: string): string {
  return [...tag.matchAll(/\b(?:title|says|text)="([^"]*)"/g)].map((match) => match[1]).join(' ')
}

describe('the fact ledger', () => {
  it('has each fact once, with a source and an expiry', () => {
    expect(new Set(facts.map((fact) => fact.id)).size).toBe(facts.length)
  })
  it('is the only place that a number in a lesson comes from', () => {
    for (const { file, body, data } of lessons) {
      const digits = `${data.title} ${data.lead} ${prose(body)}`.match(/[^.!?]*\d[^.!?]*/g) ?? []
      expect(
        digits,
        `${file}: put the number into content/facts and print it with FactNote`,
      ).toEqual([])
    }
  })
  it('has every fact and every term that a lesson or an item names', () => {
    const named = lessons.flatMap(({ body }) =>
      [...body.matchAll(/fact="([^"]+)"/g)].map((m) => m[1]),
    )
    for (const id of [...named, ...items.flatMap((item) => item.fact ?? [])]) {
      expect(facts.map((fact) => fact.id)).toContain(id)
    }
    const words = lessons.flatMap(({ body }) =>
      [...body.matchAll(/(?:term|<Term n=\{\d+\} id)="([^"]+)"/g)].map((m) => m[1]),
    )
    for (const id of words) expect(terms.map((term) => term.id)).toContain(id)
  })
  it('has no fact that no lesson prints', () => {
    const printed = lessons.flatMap(({ body }) =>
      [...body.matchAll(/<FactNote n=\{\d+\} fact="([^"]+)"/g)].map((m) => m[1]),
    )
    for (const { id } of facts) expect(printed).toContain(id)
  })
  it('has a note for every reference of a lesson', () => {
    for (const { file, body } of lessons) {
      const notes = [...body.matchAll(/<(?:Fact|Term)Note n=\{(\d+)\}/g)].map((m) => m[1])
      expect(new Set(notes).size, file).toBe(notes.length)
      for (const [, n] of body.matchAll(/<(?:Ref|Term) n=\{(\d+)\}/g))
        expect(notes, file).toContain(n)
    }
  })
})

describe('module S1', () => {
  it('has three lessons of ten minutes at most, in five stops each', () => {
    expect(lessons.map(({ data }) => data.number).sort()).toEqual([1, 2, 3])
    for (const { data, body } of lessons) {
      expect(data.stops.reduce((sum, stop) => sum + stop.minutes, 0)).toBeLessThanOrEqual(
        data.minutes,
      )
      for (const stop of data.stops.slice(0, -1)) expect(body).toContain(`id="${stop.id}"`)
      expect(body).toContain('<Monday')
    }
  })
  it('has at least twelve items, more than a quarter of them benign, and six review cards', () => {
    expect(items.length).toBeGreaterThanOrEqual(12)
    expect(items.filter((item) => item.benign).length / items.length).toBeGreaterThan(0.25)
    expect(cards.length).toBeGreaterThanOrEqual(6)
  })
  it('has each id once, and twins that name each other and differ in being benign', () => {
    const byId = new Map(items.map((item) => [item.id, item]))
    expect(byId.size).toBe(items.length)
    for (const item of items) {
      if (!item.benignTwin) continue
      const twin = byId.get(item.benignTwin)
      expect(twin?.benignTwin, item.id).toBe(item.id)
      expect(twin?.benign, item.id).toBe(!item.benign)
    }
  })
  it('gives no answer away by its place or its length', () => {
    const choices = items.filter((item) => item.type === 'choose-one')
    const places = choices.map((item) => item.options.findIndex((option) => option.right))
    for (const place of new Set(places)) {
      expect(places.filter((one) => one === place).length).toBeLessThanOrEqual(choices.length / 2)
    }
    const longest = choices.filter(({ options }) => {
      const right = options.find((option) => option.right)?.text.length ?? 0
      return options.every((option) => option.right || option.text.length < right)
    })
    expect(longest.length).toBeLessThanOrEqual(choices.length / 3)
  })
  it('teaches only objectives that the module names', () => {
    const named = modules.find((module) => module.id === 's1')?.objectives.map((o) => o.id) ?? []
    for (const { objective } of [...items, ...cards]) expect(named).toContain(objective)
    for (const { data } of lessons) for (const id of data.objectives) expect(named).toContain(id)
  })
})

describe('the catalogue', () => {
  it('calls a module written exactly when its lessons exist', () => {
    for (const module of modules) {
      const has = lessons.some(({ data }) => data.module === module.id)
      expect(has, module.id).toBe(module.written)
    }
  })
  it('lists S0 to S10 and C1 to C8', () => {
    expect(modules.filter((m) => m.track === 'sme').length).toBe(11)
    expect(modules.filter((m) => m.track === 'citizen').length).toBe(8)
  })
})

describe('plain language', () => {
  const mean = (text: string): number => {
    const sentences = text.split(/(?<=[.!?:”])\s+/).filter((one) => /[A-Za-z]{2}/.test(one))
    const words = sentences.map((one) => one.split(/\s+/).filter((w) => /\w/.test(w)).length)
    return words.reduce((sum, n) => sum + n, 0) / Math.max(1, words.length)
  }
  it('keeps to fifteen words a sentence in lessons, items and messages', () => {
    for (const { file, body, data } of lessons) {
      expect(mean(`${data.lead} ${prose(body)}`), file).toBeLessThanOrEqual(15)
    }
    for (const item of items) {
      const said = item.options.map((option) => option.feedback).join(' ')
      expect(mean(`${item.stem} ${said}`), item.id).toBeLessThanOrEqual(15)
    }
    for (const message of messages) {
      const said = [message.surface.body, ...message.why, ...Object.values(message.feedback)]
      expect(mean(said.join(' ')), message.id).toBeLessThanOrEqual(15)
    }
  })
})

describe('real or scam', () => {
  it('has a twin of the other kind for every message, in the same family', () => {
    const byId = new Map(messages.map((message) => [message.id, message]))
    for (const message of messages) {
      const twin = byId.get(message.benignTwin)
      expect(twin?.benignTwin, message.id).toBe(message.id)
      expect(twin?.truth, message.id).not.toBe(message.truth)
      expect(twin?.family, message.id).toBe(message.family)
    }
  })
  it('has one decisive cue, which stands exactly once where it says', () => {
    for (const message of messages) {
      const decisive = message.cues.filter((cue) => cue.decisive)
      expect(decisive.length, message.id).toBe(1)
      for (const cue of message.cues) {
        const pieces = (message.surface[cue.at] ?? '').split(cue.text)
        expect(pieces.length, `${message.id} ${cue.id}`).toBe(2)
      }
    }
  })
  it('uses names that belong to nobody', () => {
    for (const { surface } of messages) {
      if (surface.url) expect(surface.url.split('/')[0]).toMatch(/\.(example|test)$/)
    }
  })
})

describe('a mistake in the content says its own cure', () => {
  const refused = (
    schema: {
      safeParse: (row: unknown) => { error?: { issues: { message: string }[] } | undefined }
    },
    row: unknown,
  ): string => (schema.safeParse(row).error?.issues ?? []).map((issue) => issue.message).join('\n')

  it('names the missing line and shows an example', () => {
    expect(refused(factSchema, { ...facts[0], year: undefined })).toContain('like this: 2023')
    expect(refused(factSchema, { ...facts[0], retrieved: 'yesterday' })).toContain('"2026-11-24"')
    expect(refused(termSchema, { id: 'x', term: 'X' })).toContain('Missing: meaning')
  })
  it('asks for the report of a fact that was read in one', () => {
    const reported = { ...facts[0], status: 'V2', reportedBy: 'A newspaper' }
    expect(refused(factSchema, reported)).toBe('')
    const { reportedBy: _left, ...bare } = reported
    expect(refused(factSchema, bare)).toContain('reportedBy: DataBreaches.net')
  })
  it('counts the right options', () => {
    const item = items.find((one) => one.type === 'choose-one')
    const none = { ...item, options: item?.options.map((option) => ({ ...option, right: false })) }
    expect(refused(quizItemSchema, none)).toContain('exactly one option with right: true')
  })
  it('does not take a fact that nobody read', () => {
    expect(refused(factSchema, { ...facts[0], status: 'K' })).toContain('V1, V2')
  })
})

describe('quiz', () => {
  const order = items.find((item) => item.type === 'order')
  it('takes an order only as it is given, and never starts with it', () => {
    if (!order) throw new Error('S1 has no order item')
    const right = order.options.map((option) => option.id)
    expect(isRight(order, right)).toBe(true)
    expect(isRight(order, [...right].reverse())).toBe(false)
    expect(shuffled(right, order.id)).not.toEqual(right)
    expect([...shuffled(right, order.id)].sort()).toEqual([...right].sort())
    expect(shuffled(right, order.id)).toEqual(shuffled(right, order.id))
  })
  it('moves one place, and stops at the ends', () => {
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
    expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c'])
    expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b'])
  })
  it('wants all right options of a choose-all, and no other', () => {
    const all = items.find((item) => item.type === 'choose-all')
    if (!all) throw new Error('S1 has no choose-all item')
    const right = all.options.filter((option) => option.right).map((option) => option.id)
    expect(isRight(all, right)).toBe(true)
    expect(isRight(all, right.slice(1))).toBe(false)
    expect(
      isRight(
        all,
        all.options.map((option) => option.id),
      ),
    ).toBe(false)
  })
})
