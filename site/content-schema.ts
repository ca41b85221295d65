import { z } from 'zod'

/** Text that must not be empty; the error says what to write and shows an example. */
const text = (what: string, example: string): z.ZodString =>
  z
    .string({ error: `Missing: ${what}. Write it like this: ${example}` })
    .min(1, { error: `Empty: ${what}. Write it like this: ${example}` })

const day = (what: string): z.ZodString =>
  z
    .string({ error: `Missing: ${what}. Write a day like this: "2026-11-24" (with quotes)` })
    .regex(/^\d{4}-\d{2}-\d{2}$/, {
      error: `${what} is not a day. Write it like this: "2026-11-24" (with quotes)`,
    })

const slug = (what: string, example: string): z.ZodString =>
  text(what, example).regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
    error:
      `${what} has letters that an address cannot have. ` +
      `Use small letters, digits and dashes, like this: ${example}`,
  })

const oneOf = <const T extends readonly [string, ...string[]]>(what: string, values: T) =>
  z.enum(values, { error: `${what} must be one of: ${values.join(', ')}` })

/** One number or statement with its source. A fact that nobody has read is not in the ledger. */
export const factSchema = z
  .object({
    id: slug('id', 'europol-443'),
    claim: text('claim', 'Europol warned 443 shops about skimmers.'),
    value: text('value', '"443"'),
    source: text('source', 'Action against digital skimming'),
    publisher: text('publisher', 'Europol'),
    year: z
      .int({ error: 'Missing or wrong: year. Write the year of the source like this: 2023' })
      .min(1990, { error: 'The year of the source is too early. Write it like this: 2023' }),
    url: z.url({ error: 'url is no address. Write https://… or leave the line out' }).optional(),
    reportedBy: text('reportedBy', 'DataBreaches.net').optional(),
    retrieved: day('retrieved'),
    status: oneOf('status', ['V1', 'V2']),
    expires: day('expires'),
  })
  .refine((fact) => fact.status !== 'V2' || fact.reportedBy !== undefined, {
    path: ['reportedBy'],
    error: 'A V2 fact was read in a report. Name it: reportedBy: DataBreaches.net',
  })
  .refine((fact) => fact.expires > fact.retrieved, {
    path: ['expires'],
    error: 'expires must lie after retrieved. Twelve months later is the rule: "2027-11-24"',
  })
export type Fact = z.infer<typeof factSchema>

const cueSchema = z.object({
  id: slug('cue id', 'c1'),
  at: oneOf('at', ['from', 'body', 'url']),
  text: text('cue text', 'parcel-fee.test'),
  kind: slug('cue kind', 'domain-mismatch'),
  subtlety: z
    .int({ error: 'Missing: subtlety. Write 1 (plain), 2 or 3 (hard to see)' })
    .min(1)
    .max(3),
  decisive: z.boolean({ error: 'Missing: decisive. Write true for the one cue that decides' }),
})

const channelSchema = oneOf('channel', ['sms', 'e-mail', 'chat', 'voice'])
const messageBase = {
  id: slug('id', 'rs-01'),
  game: z.literal('real-or-scam', { error: 'game must be "real-or-scam"' }),
  v: z.int({ error: 'Missing: v. Write the version of this item like this: 1' }),
  order: z.int({ error: 'Missing: order. Write the place in the round like this: 1' }),
  family: slug('family', 'fee-by-link'),
  locale: z.literal('en', { error: 'locale must be "en"; other languages get their own folder' }),
  channel: channelSchema,
  when: text('when', 'Today, 14:02'),
  context: z.object({
    title: text('context title', 'Running shoes'),
    shop: text('context shop', 'Larch & Lane shop'),
    note: text('context note', 'Paid. NordBox brings it on Thursday.'),
  }),
  surface: z.object({
    from: text('from', 'NordBox'),
    body: text('body', 'Your parcel is waiting.'),
    url: text('url', 'nordbox.example/NB-4471').optional(),
  }),
  cues: z.array(cueSchema).min(1, { error: 'A message needs one cue at least' }),
  benignTwin: slug('benignTwin', 'rs-02'),
  difficulty: z.object({ seed: z.int(), n: z.int().min(0) }),
  objective: z.array(z.string()).min(1, { error: 'Name one objective at least: ["C3.1"]' }),
  ids: z.array(z.string()),
  why: z.array(text('why', 'Read the end of the web address.')).min(1),
  a11y: z.object({ readAloud: text('readAloud', 'A text message from NordBox says …') }),
}
const said = (what: string): z.ZodString => text(what, 'You are right. It is a scam.')

/** One message of "Real or scam?". A scam names its benign twin and the other way round. */
export const messageItemSchema = z.discriminatedUnion(
  'truth',
  [
    z.object({
      ...messageBase,
      truth: z.literal('scam'),
      feedback: z.object({ hit: said('hit'), miss: said('miss'), check: said('check') }),
    }),
    z.object({
      ...messageBase,
      truth: z.literal('real'),
      feedback: z.object({
        correctRejection: said('correctRejection'),
        falseAlarm: said('falseAlarm'),
        check: said('check'),
      }),
    }),
  ],
  { error: 'truth must be "scam" or "real"' },
)
export type MessageItem = z.infer<typeof messageItemSchema>

const optionSchema = z.object({
  id: slug('option id', 'chat'),
  code: z.string().optional(),
  text: text('option text', 'The chat window still works. Nobody remembers a change.'),
  right: z.boolean().default(false),
  feedback: text('feedback', 'Somebody ordered that change. Look at the other two.'),
})

/** One question of a lesson, with feedback to each of its options. */
export const quizItemSchema = z
  .object({
    id: slug('id', 's1-2-07'),
    type: oneOf('type', ['choose-one', 'choose-all', 'order']),
    lesson: z.int({ error: 'Missing: lesson. Write the number of the lesson like this: 2' }),
    use: oneOf('use', ['check', 'practice', 'later']),
    stem: text('stem', 'Which line do you stop first?'),
    options: z.array(optionSchema).min(2, { error: 'A question needs two options at least' }),
    hint: text('hint', 'Put your finger under each letter.').optional(),
    objective: text('objective', 'S1.1'),
    difficulty: z.int().min(1).max(3, { error: 'difficulty is 1, 2 or 3' }),
    benign: z.boolean({
      error: 'Missing: benign. Write true when the right answer is "all is well"',
    }),
    benignTwin: slug('benignTwin', 's1-2-08').optional(),
    fact: slug('fact', 'europol-443').optional(),
  })
  .refine((item) => item.type !== 'choose-one' || rightOnes(item.options) === 1, {
    path: ['options'],
    error: 'A choose-one question has exactly one option with right: true',
  })
  .refine((item) => item.type !== 'choose-all' || rightOnes(item.options) > 0, {
    path: ['options'],
    error: 'A choose-all question has one option with right: true at least',
  })
export type QuizItem = z.infer<typeof quizItemSchema>
const rightOnes = (options: readonly { right: boolean }[]): number =>
  options.filter((option) => option.right).length

/** One card for later review: a question that can be answered without help. */
export const reviewCardSchema = z.object({
  id: slug('id', 'rc-s1-1'),
  lesson: z.int(),
  front: text('front', 'What do you ask about a changed script?'),
  back: text('back', 'Who ordered it?'),
  objective: text('objective', 'S1.1'),
})

export const termSchema = z.object({
  id: slug('id', 'skimmer'),
  term: text('term', 'Skimmer'),
  meaning: text('meaning', 'A script that copies card numbers while customers type them.'),
})

/** One module of the catalogue; one that is not written yet says so by `written: false`. */
export const moduleSchema = z.object({
  id: slug('id', 's1'),
  track: oneOf('track', ['sme', 'citizen']),
  order: z.int(),
  title: text('title', 'The tampered shop'),
  about: text('about', 'Skimmers on the payment page, and how to find them.'),
  written: z.boolean({ error: 'Missing: written. Write true only when its lessons exist' }),
  objectives: z.array(z.object({ id: z.string(), text: z.string() })).default([]),
  lab: z.object({ title: z.string(), about: z.string() }).optional(),
  /** A workflow of the lab of proof by design that belongs to the module. */
  design: z.string().optional(),
})

export const lessonSchema = z.object({
  module: slug('module', 's1'),
  number: z.int({ error: 'Missing: number. Write the place in the module like this: 2' }),
  title: text('title', 'Read the script list like a delivery note'),
  minutes: z.int().min(1).max(10, { error: 'A lesson takes ten minutes at most' }),
  lead: text('lead', 'A payment page loads small programs, called scripts.'),
  stops: z
    .array(z.object({ id: slug('stop id', 'case'), label: z.string(), minutes: z.int() }))
    .length(5, { error: 'A lesson has five stops: case, worked, turn, check, monday' }),
  objectives: z.array(z.string()).min(1),
  updated: day('updated'),
})
