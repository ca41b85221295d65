/** Small line drawings of the goods, one path group each, in the shop's three colours. */
const SHAPES: Readonly<Record<string, string>> = {
  boot: '<path d="M38 12h26l-2 34c10 6 24 8 30 14 3 4 3 8 3 12H36c-2-20 3-40 2-60z" fill="#7a5236"/><path d="M35 72h61v7H35z" fill="#3b2a20"/><path d="M62 22l-14 3M62 31l-15 3M61 40l-14 3" stroke="#fbf8f2" stroke-width="2.4"/>',
  shoe: '<path d="M22 50c10 2 18-2 26-12 12 10 26 14 44 16 6 1 8 6 8 12H22z" fill="#2f5d46"/><path d="M20 66h82c0 6-4 8-10 8H30c-6 0-10-3-10-8z" fill="#e9e1d2" stroke="#3b2a20" stroke-width="1.5"/><path d="M50 42l-8 8M58 47l-8 8M66 51l-7 7" stroke="#fbf8f2" stroke-width="2.4"/>',
  sandal:
    '<path d="M18 64c20 6 60 6 84 0 4 8-2 12-10 12H28c-8 0-12-4-10-12z" fill="#c09a6b"/><path d="M30 64c2-20 22-26 32 0M66 64c4-14 20-14 24 0" fill="none" stroke="#7a5236" stroke-width="7"/>',
  slipper:
    '<path d="M20 62c0-22 20-28 36-18 16 8 30 8 44 14 4 6 0 14-8 14H30c-8 0-10-4-10-10z" fill="#a8a08f"/><path d="M28 50c8-6 18-6 24 0" stroke="#6d5d50" stroke-width="5" fill="none"/>',
  sock: '<path d="M46 10h24v38c0 6 20 14 20 24 0 8-10 10-18 8-14-4-28-10-28-22z" fill="#a33a2c"/><path d="M46 10h24v9H46z" fill="#dfe8d8"/><path d="M46 30h24" stroke="#fbf8f2" stroke-width="3"/>',
  tin: '<ellipse cx="60" cy="34" rx="34" ry="11" fill="#d8b45a"/><path d="M26 34v24c0 6 15 11 34 11s34-5 34-11V34c0 6-15 11-34 11S26 40 26 34z" fill="#b98d2e"/>',
  lace: '<path d="M20 60c10-40 30 20 40-16s30-20 40 16" fill="none" stroke="#7a5236" stroke-width="5" stroke-linecap="round"/><path d="M20 74c14-20 32 10 44-6s26-8 36 4" fill="none" stroke="#a33a2c" stroke-width="5" stroke-linecap="round"/>',
  bag: '<path d="M36 26c0-18 48-18 48 0v48c0 4-4 8-8 8H44c-4 0-8-4-8-8z" fill="#2f5d46"/><path d="M42 48h36v24H42z" fill="#234935"/><path d="M36 34h48" stroke="#d8b45a" stroke-width="4"/>',
  bottle:
    '<path d="M50 12h20v10l8 10v42c0 6-4 8-8 8H50c-4 0-8-2-8-8V32l8-10z" fill="#93a7ad"/><path d="M50 10h20v9H50z" fill="#3b2a20"/><path d="M42 44h36v14H42z" fill="#dfe8d8"/>',
  coat: '<path d="M44 14h32l22 18-10 12-8-5v44H40V39l-8 5-10-12z" fill="#3f6f86"/><path d="M60 14v69" stroke="#fbf8f2" stroke-width="2"/><path d="M48 14c2 10 22 10 24 0" fill="#234935"/>',
  stick:
    '<path d="M36 84L74 26c6-10 20-6 18 4" fill="none" stroke="#7a5236" stroke-width="6" stroke-linecap="round"/><path d="M36 84l4-6" stroke="#d8b45a" stroke-width="7"/>',
  cheese:
    '<path d="M18 58l60-28c14 2 22 12 24 28z" fill="#e8c766"/><path d="M18 58h84v18H18z" fill="#d8b45a"/><circle cx="48" cy="67" r="4" fill="#b98d2e"/><circle cx="76" cy="64" r="5" fill="#b98d2e"/><circle cx="70" cy="47" r="4" fill="#c9a445"/>',
  fish: '<path d="M16 46c20-24 50-24 68 0-18 24-48 24-68 0z" fill="#c98d6a"/><path d="M82 46l22-14v28z" fill="#b3755a"/><circle cx="34" cy="43" r="3" fill="#3b2a20"/><path d="M46 34c5 8 5 16 0 24" stroke="#fbf8f2" stroke-width="2" fill="none"/>',
  basket:
    '<path d="M24 44h72l-8 34H32z" fill="#b98d5a"/><path d="M34 44c4-34 48-34 52 0" fill="none" stroke="#7a5236" stroke-width="5"/><path d="M28 56h64M30 67h60" stroke="#7a5236" stroke-width="2"/>',
  gift: '<rect x="18" y="24" width="84" height="50" rx="6" fill="#2f5d46"/><path d="M18 44h84" stroke="#d8b45a" stroke-width="5"/><path d="M46 24v50" stroke="#d8b45a" stroke-width="5"/><path d="M46 44c-18-18-20 6 0 0 20 6 18-18 0 0z" fill="#d8b45a"/>',
  map: '<path d="M20 26l26-8 28 8 26-8v50l-26 8-28-8-26 8z" fill="#dfe8d8" stroke="#2f5d46" stroke-width="2"/><path d="M46 18v50M74 26v50" stroke="#2f5d46"/><path d="M28 60c14-22 26 4 40-14s16-4 24-14" fill="none" stroke="#a33a2c" stroke-width="3" stroke-dasharray="5 4"/>',
  book: '<path d="M28 18h56c4 0 8 3 8 7v50H34c-4 0-6-3-6-6z" fill="#a33a2c"/><path d="M34 68h58" stroke="#fbf8f2" stroke-width="4"/><path d="M42 32h36M42 42h26" stroke="#f1ebdf" stroke-width="3"/>',
}
const SHAPE_OF: Readonly<Record<string, string>> = {
  'lane-boot': 'boot',
  'hill-walker': 'boot',
  'winter-larch': 'boot',
  'little-lane': 'boot',
  'collectors-boot': 'boot',
  'larch-runner': 'shoe',
  'harbour-loafer': 'shoe',
  'meadow-sandal': 'sandal',
  'garden-clog': 'slipper',
  'slipper-wool': 'slipper',
  'merino-socks': 'sock',
  beeswax: 'tin',
  laces: 'lace',
  daypack: 'bag',
  'field-bottle': 'bottle',
  'weather-shell': 'coat',
  'walking-stick': 'stick',
  'cheese-box': 'cheese',
  'smoked-trout': 'fish',
  'picnic-larder': 'basket',
  'gift-card-25': 'gift',
  'gift-card-50': 'gift',
  'trail-map': 'map',
  'boot-care': 'book',
}
/** Goods of one shape differ in the colour of their main part. */
const COLOUR_OF: Readonly<Record<string, readonly [from: string, to: string]>> = {
  'hill-walker': ['#7a5236', '#4c5a4a'],
  'winter-larch': ['#7a5236', '#2d3a4f'],
  'little-lane': ['#7a5236', '#b3642f'],
  'collectors-boot': ['#7a5236', '#5b1f2a'],
  'harbour-loafer': ['#2f5d46', '#6b3f2a'],
  'garden-clog': ['#a8a08f', '#5f7f4f'],
  'gift-card-50': ['#2f5d46', '#7c2f45'],
}
/** An SVG of the product; decoration only, so hidden from screen readers. */
export function drawing(slug: string, className: string): string {
  const [from, to] = COLOUR_OF[slug] ?? ['', '']
  const shape = SHAPES[SHAPE_OF[slug] ?? 'basket'] ?? ''
  return `<svg class="${className}" viewBox="0 0 120 92" aria-hidden="true">${from === '' ? shape : shape.replaceAll(from, to)}</svg>`
}
