import type { Product } from './types-shop.ts'

/** What Larch & Lane sells: shoes and walking kit, a small larder, gift cards and two downloads. Prices in cents. */
type Row = readonly [slug: string, name: string, kind: Product['kind'], priceMinor: number, massG: number, stock: number, about: string]

const ROWS: readonly Row[] = [
  ['lane-boot', 'Lane boot', 'physical', 14900, 1320, 220, 'Our first boot and still the one most people keep: oiled leather, a stitched welt, soles that can be replaced.'],
  ['larch-runner', 'Larch runner', 'physical', 8900, 640, 260, 'A light shoe for paths and pavements. Recycled upper, natural rubber underneath.'],
  ['harbour-loafer', 'Harbour loafer', 'physical', 11900, 720, 140, 'Soft calfskin without a lining. Takes a week to learn the shape of your foot.'],
  ['meadow-sandal', 'Meadow sandal', 'physical', 6900, 480, 180, 'Two straps, cork footbed, no buckle to rust.'],
  ['hill-walker', 'Hill walker', 'physical', 17900, 1480, 120, 'Waterproof to the ankle and stiff where a path turns to stones.'],
  ['winter-larch', 'Winter larch', 'physical', 19900, 1620, 90, 'Felt-lined, warm to minus fifteen, quiet on wooden floors.'],
  ['garden-clog', 'Garden clog', 'physical', 3900, 540, 240, 'Rinse them under the tap. That is all the care they ask for.'],
  ['little-lane', 'Little lane, children’s boot', 'physical', 5900, 520, 200, 'The lane boot with room for a growing big toe.'],
  ['slipper-wool', 'Wool slipper', 'physical', 4500, 380, 260, 'Boiled wool from two farms up the valley.'],
  ['merino-socks', 'Merino socks, two pairs', 'physical', 2400, 160, 400, 'Thick at the heel, thin at the toes, the same on both feet.'],
  ['beeswax', 'Beeswax and brush', 'physical', 1900, 310, 320, 'A tin that lasts two winters, a horsehair brush that lasts ten.'],
  ['laces', 'Waxed laces', 'physical', 700, 40, 600, 'Four lengths, three browns and one red.'],
  ['daypack', 'Daypack 18', 'physical', 9900, 820, 130, 'Eighteen litres, one buckle, no logo on the front.'],
  ['field-bottle', 'Field bottle', 'physical', 2900, 360, 280, 'Steel, half a litre, fits the side of the daypack.'],
  ['weather-shell', 'Weather shell', 'physical', 24900, 560, 70, 'A jacket that packs into its own pocket and forgives you for it.'],
  ['collectors-boot', 'Collector’s boot, numbered', 'physical', 34900, 1390, 24, 'Eighty pairs a year, cut by one person, numbered inside the tongue.'],
  ['walking-stick', 'Ash walking stick', 'physical', 5400, 610, 110, 'Steam-bent, brass tip. Sent in a long box.'],
  ['cheese-box', 'Alpine cheese box', 'cold', 3800, 1250, 120, 'Three cheeses from the dairy above the tree line. Travels at 4 °C.'],
  ['smoked-trout', 'Smoked trout, two fillets', 'cold', 2700, 620, 130, 'Alder smoke, this week’s catch. Travels at 4 °C.'],
  ['picnic-larder', 'Picnic larder', 'cold', 5200, 2100, 80, 'Bread, butter, pickles and a hard sausage, packed cold this morning.'],
  ['gift-card-25', 'Gift card €25', 'giftcard', 2500, 0, 100000, 'Sent by mail within a minute. Valid for three years.'],
  ['gift-card-50', 'Gift card €50', 'giftcard', 5000, 0, 100000, 'Sent by mail within a minute. Valid for three years.'],
  ['trail-map', 'Twelve lanes, a walking map', 'download', 900, 0, 100000, 'Twelve afternoon walks as a printable map.'],
  ['boot-care', 'Boot care, the booklet', 'download', 400, 0, 100000, 'Forty pages on wax, welt and weather.'],
]

export function catalogue(): readonly Product[] {
  return ROWS.map(([slug, name, kind, priceMinor, massG, stock], id) => ({ id, slug, name, kind, priceMinor, massG, stock }))
}
/** The sentence under a product's name. */
export function aboutProduct(product: number): string {
  return ROWS[product]?.[6] ?? ''
}
/** How often each product is looked at and bought, in shares. */
export const POPULARITY: readonly number[] = [9, 11, 5, 6, 4, 3, 7, 5, 7, 9, 6, 5, 4, 5, 2, 1, 2, 5, 4, 3, 3, 2, 3, 2]
