/**
 * The signs, as strokes and fills on a square grid. `f` is filled with the text colour,
 * `c` is cut out in `--cut`, the rest is drawn as a line of width `w`.
 */
type Stroke = { readonly d: string; readonly f?: true; readonly c?: true; readonly w?: number }
type Sign = { readonly size: number; readonly strokes: readonly Stroke[] }

const on24 = (...strokes: readonly Stroke[]): Sign => ({ size: 24, strokes })
const on20 = (...strokes: readonly Stroke[]): Sign => ({ size: 20, strokes })
const on40 = (d: string): Sign => ({ size: 40, strokes: [{ d, w: 3 }] })

const meaning = {
  shield: on24(
    { d: 'M12 2 20.5 5v6.4c0 5-3.4 8.8-8.5 10.6C6.9 20.2 3.5 16.4 3.5 11.4V5z', f: true },
    { d: 'm7.8 12 3 3.1 5.5-6.2', c: true, w: 2.2 },
  ),
  triangle: on24(
    { d: 'M12 2.2 23 21.5H1z', f: true },
    { d: 'M12 9v6.2M12 17.2v2.3', c: true, w: 2.3 },
  ),
  hourglass: on24({
    d:
      'M4.5 1.8h15v2.6h-1.4c0 3.9-1.6 5.9-4.1 7.6 2.5 1.7 4.1 3.7 4.1 7.6h1.4v2.6h-15v-2.6h1.4' +
      'c0-3.9 1.6-5.9 4.1-7.6-2.5-1.7-4.1-3.7-4.1-7.6H4.5z' +
      'M9 19.6h6c-.4-2.2-1.5-3.6-3-4.8-1.5 1.2-2.6 2.6-3 4.8z',
    f: true,
  }),
}

const marks = {
  up: on40('M12 30V12M5.5 18.5 12 11l6.5 7.5M28 30V12m-6.5 6.5L28 11l6.5 7.5M4 35h32'),
  glass: on40(
    'M11 5h18l-1.5 12c-.6 4-3.6 6-7.5 6s-6.9-2-7.5-6zM20 23v11M12 35h16M22 5l-3 6 4 3-3 5',
  ),
  rain: on40('M4 20C5 11 12 7 20 7s15 4 16 13zM20 20v11c0 5-7 5-7 0M12 2v2m8-2v2m8-2v2'),
  arrow: on24({ d: 'M3 12h16M13 5.5 19.5 12 13 18.5', w: 2.2 }),
  loupe: on24(
    { d: 'M3.2 10a6.8 6.8 0 1 0 13.6 0a6.8 6.8 0 1 0-13.6 0', w: 2.2 },
    { d: 'm15 15 7 7', w: 3.2 },
  ),
}

const acts = {
  pause: on20({ d: 'M6.5 3.5v13M13.5 3.5v13', w: 3.6 }),
  play: on20({ d: 'M5.5 3.5 16 10 5.5 16.5z', f: true }),
  stop: on20({ d: 'M4.5 4.5h11v11h-11z', f: true }),
  undo: on20({ d: 'M4 8h8.5a4 4 0 0 1 0 8H8M7.2 4.6 3.8 8l3.4 3.4' }),
  search: on20({ d: 'M3 8.6a5.6 5.6 0 1 0 11.2 0a5.6 5.6 0 1 0-11.2 0m10 4.4 4.6 4.6' }),
  tick: on20({ d: 'm3.8 10.6 4 4L16.4 5.4', w: 2.4 }),
  cross: on20({ d: 'm4.5 4.5 11 11M15.5 4.5l-11 11', w: 2.4 }),
  dash: on20({ d: 'M4 10h12', w: 2.4 }),
  pin: on20({ d: 'M7 2.5h6l-.8 6 3 3H4.8l3-3zM10 11.5v6' }),
  eye: on20(
    { d: 'M1.8 10S5 4.6 10 4.6 18.2 10 18.2 10 15 15.4 10 15.4 1.8 10 1.8 10z' },
    { d: 'M7.6 10a2.4 2.4 0 1 0 4.8 0a2.4 2.4 0 1 0-4.8 0', f: true },
  ),
  'eye-off': on20({
    d: 'M1.8 10S5 4.6 10 4.6 18.2 10 18.2 10 15 15.4 10 15.4 1.8 10 1.8 10zM3.5 16.5l13-13',
  }),
  lock: on20({ d: 'M3.8 8.8h12.4v9H3.8zM6.5 8.8V6a3.5 3.5 0 0 1 7 0v2.8' }),
}

const things = {
  parcel: on20({
    d: 'M2.5 6 10 2.2 17.5 6v8.2L10 18l-7.5-3.8zM2.5 6 10 9.8 17.5 6M10 9.8V18M6.2 4.1 13.7 7.9v3',
  }),
  card: on20({ d: 'M1.8 4.2h16.4v11.6H1.8zM4.6 12.7h3.6' }, { d: 'M2 8.2h16', w: 3 }),
  van: on20({
    d:
      'M1.5 14V5.5h10V14M11.5 8h3.6l3.4 3.4V14h-1.8M13.3 14H8.2M4.8 14H1.5' +
      'M4.8 14.6a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0-3.4 0' +
      'M13.3 14.6a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0-3.4 0',
  }),
  locker: on20({
    d: 'M2.5 2.5h15v15h-15zM2.5 10h15M10 2.5v15M7.5 5.5v1.5M15 5.5v1.5M7.5 13v1.5M15 13v1.5',
  }),
  page: on20({ d: 'M4 1.8h8.5L16 5.3v12.9H4zM6.8 8h6.4M6.8 11h6.4M6.8 14h4' }),
  person: on20({
    d: 'M6.4 6a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0-7.2 0M3.2 18c.4-4.2 3-6.2 6.8-6.2s6.4 2 6.8 6.2',
  }),
  link: on20({ d: 'M4 18v-5M9 18V9M14 18V4', w: 3 }),
  'link-lost': on20({ d: 'M3.5 18v-5', w: 3 }, { d: 'm8 5 9 9M17 5l-9 9', w: 2.6 }),
  'link-weak': on20({ d: 'M4 18v-5M9 18V9', w: 3 }, { d: 'M12.7 17.5V4.5h2.6v13z', w: 1.2 }),
  bolt: on20({ d: 'M11.5 1.8 4.5 11.5h5L8.5 18.2l7-9.7h-5z' }),
}

/** What a forger does to a record. */
const forgeries = {
  'forge-edit': on20({ d: 'M3 17l1-4L13.5 3.5l3 3L7 16zM11.5 5.5l3 3' }),
  'forge-delete': on20({
    d: 'M3.5 5h13M8 5V2.8h4V5M5.2 5l1 12.2h7.6l1-12.2M8.5 8.2v5.6M11.5 8.2v5.6',
  }),
  'forge-reorder': on20({ d: 'M6 2.5v14M2.8 13l3.2 3.7L9.2 13M14 17.5v-14M10.8 7 14 3.3 17.2 7' }),
  'forge-cut': on20({
    d:
      'M2.5 5l10.7 7.2M2.5 15l10.7-7.2' +
      'M13 13.8a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0' +
      'M13 6.2a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0',
  }),
  'forge-backdate': on20({ d: 'M3 4h14M3 16h14M9 10h8M2 6.8 5.6 10 2 13.2' }),
  'forge-fork': on20({
    d: 'M10 18v-6C10 8 4.5 9 4.5 3M10 12c0-4 5.5-3 5.5-9M2.3 5.4l2.2-2.6 2.2 2.6M13.3 5.4l2.2-2.6 2.2 2.6',
  }),
  'forge-lie': on20({ d: 'M2.5 3.5h15v10H9l-4 3.6v-3.6H2.5zM6 7h8M6 10h5' }),
}

/** Five kinds of reasoning: rule, temporal, model, physical, integrity. */
const kinds = {
  'kind-R': on24({ d: 'M4 5h3M4 12h3M4 19h3M11 5h9M11 12h9M11 19h5' }),
  'kind-T': on24({ d: 'M3 17h18M6 17V9M18 17V5M9 9h5M12 6.5 14.5 9 12 11.5' }),
  'kind-M': on24(
    { d: 'M2.5 19c5 0 5-13 8.5-13s3 13 6 13h4.5' },
    { d: 'M17.9 12a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0-3.2 0', f: true },
  ),
  'kind-P': on24({ d: 'M12 4v16M8 20h8M4 7h16M4 7 1.8 13.5h4.4zM20 7l-2.2 6.5h4.4z' }),
  'kind-I': on24({
    d:
      'M12 2.5l2 1.8 2.6-.6.9 2.5 2.6.7-.4 2.6 1.8 2-1.8 2 .4 2.6-2.6.7-.9 2.5-2.6-.6' +
      '-2 1.8-2-1.8-2.6.6-.9-2.5-2.6-.7.4-2.6-1.8-2 1.8-2-.4-2.6 2.6-.7.9-2.5 2.6.6z' +
      'm-3.5 9.2 2.5 2.5 4.5-5',
  }),
}

export const signs = {
  ...meaning,
  ...marks,
  ...acts,
  ...things,
  ...forgeries,
  ...kinds,
} satisfies Record<string, Sign>
export type SignName = keyof typeof signs

/** A closed set of tones; each is doubled by a shape wherever it means something. */
export type Tone = 'safe' | 'signal' | 'amber' | 'sea' | 'ink'
export const toneSign: Readonly<Record<'safe' | 'signal' | 'amber', SignName>> = {
  safe: 'shield',
  signal: 'triangle',
  amber: 'hourglass',
}
