import Phaser from 'phaser'
import type { MapReport } from '../../../range/protocol/view.ts'
import {
  BOARD,
  BRIDGES,
  DEPOT,
  HARBOUR,
  LINES,
  LOCKERS,
  RIVER,
  STREET_LABELS,
  STREETS,
  STUBS,
  UNIT_MM,
  WATER_LABELS,
  type Point,
} from '../../../range/world/town-layout.ts'
import type { MapColours } from './colours.ts'
import { dashed } from './dashed.ts'
import {
  along,
  around,
  beside,
  LabelRoom,
  originOf,
  type Anchor,
  type Box,
  type Spot,
} from './labels.ts'

/** What the map needs from the page: sizes in CSS pixels, texts from the catalogue. */
export interface TownLook {
  readonly colours: MapColours
  /** Smallest letters, never under 13 px whatever the scale. */
  readonly label: number
  readonly names: {
    readonly depot: string
    readonly boxes: (used: number, of: number) => string
    readonly apart: (km: string) => string
  }
}

/** Graphics with the width of its line, for round joints. */
interface Pen {
  readonly pen: Phaser.GameObjects.Graphics
  readonly width: number
}

interface Style {
  readonly colour: string
  readonly bold?: boolean
  readonly italic?: boolean
}

const GLIDE_MS = 600

/**
 * The town as a system map. Vans glide between their reported fixes; nothing here knows where they
 * really are.
 */
export class TownScene extends Phaser.Scene {
  readonly #look: TownLook
  #report: MapReport
  #alarmed: readonly number[] = []
  readonly #vans = new Map<number, Phaser.GameObjects.Container>()
  #ghosts: Phaser.GameObjects.Graphics | undefined
  readonly #words = new Map<string, Phaser.GameObjects.Text>()
  #room = new LabelRoom(0, 0)
  #gaps: Phaser.GameObjects.Text[] = []
  #scale = 1
  /** How much larger than on a desk marks are drawn. */
  #k = 1
  #shift: Point = [0, 0]

  constructor(look: TownLook, report: MapReport) {
    super('town')
    this.#look = look
    this.#report = report
  }

  create(): void {
    this.#fit()
    this.#drawGround()
    this.#drawLines()
    this.#drawPlaces()
    this.#ghosts = this.add.graphics()
    this.show(this.#report, this.#alarmed)
  }

  show(report: MapReport, alarmed: readonly number[]): void {
    this.#report = report
    this.#alarmed = alarmed
    if (!this.#ghosts) return
    for (const van of report.vans) this.#moveVan(van)
    this.#drawDisagreements()
    this.#writeBoxes()
  }

  #fit(): void {
    const { width, height } = this.scale
    this.#scale = Math.min(width / (BOARD.width + 24), height / (BOARD.height + 8))
    this.#k = this.#look.label / 13
    this.#room = new LabelRoom(width, height)
    this.#shift = [
      (width - BOARD.width * this.#scale) / 2,
      (height - BOARD.height * this.#scale) / 2,
    ]
  }
  #at(point: Point): Point {
    return [this.#shift[0] + point[0] * this.#scale, this.#shift[1] + point[1] * this.#scale]
  }
  #mm(x: number, y: number): Point {
    return this.#at([x / UNIT_MM, y / UNIT_MM])
  }

  #path({ pen, width }: Pen, points: readonly Point[]): void {
    pen.beginPath()
    points.forEach((point, i) => {
      const [x, y] = this.#at(point)
      if (i === 0) pen.moveTo(x, y)
      else pen.lineTo(x, y)
    })
    pen.strokePath()
    for (const point of points) {
      const [x, y] = this.#at(point)
      pen.fillCircle(x, y, width / 2)
    }
  }
  #pen(width: number, colour: number, alpha = 1): Pen {
    return {
      width,
      pen: this.add.graphics().lineStyle(width, colour, alpha).fillStyle(colour, alpha),
    }
  }

  #drawGround(): void {
    const { colours } = this.#look
    this.#path(this.#pen(RIVER.width * this.#scale, colours.water), RIVER.points)
    const basin = this.add.graphics().fillStyle(colours.water)
    basin.fillPoints(
      HARBOUR.points.map((point) => new Phaser.Math.Vector2(...this.#at(point))),
      true,
    )
    const street = this.#pen(1, colours.street, 0.55)
    for (const { points } of STREETS) this.#path(street, points)
    for (const points of STUBS) this.#path(street, points)
    const parapet = this.#pen(1.5, colours.ink)
    for (const bridge of BRIDGES) for (const points of bridge) this.#path(parapet, points)
  }

  #drawLines(): void {
    const { colours } = this.#look
    const of = { A: colours.lineA, B: colours.lineB, C: colours.lineC }
    for (const line of LINES) {
      this.#path(this.#pen(5.5 * this.#k, of[line.id]), line.points)
      this.#room.takePath(
        line.points.map((point) => this.#at(point)),
        7 * this.#k,
      )
    }
    for (const line of LINES) {
      const [x, y] = this.#at(line.label)
      const side = this.#look.label + 5
      this.add.rectangle(x, y, side, side, of[line.id])
      this.#room.take({ x: x - side / 2, y: y - side / 2, width: side, height: side })
      this.add
        .text(x, y, line.id, {
          fontFamily: colours.css.display,
          fontSize: this.#look.label,
          fontStyle: '700',
          color: colours.css.sheet,
          resolution: 2,
        })
        .setOrigin(0.5)
    }
  }

  /** Places first, then water, then streets: a name that has no room is left out, never cut. */
  #drawPlaces(): void {
    const { colours, names, label } = this.#look
    const [dx, dy] = this.#at(DEPOT)
    this.#drawDepot(dx, dy)
    for (const locker of LOCKERS) this.#drawLocker(...this.#at(locker.at))
    const up = 14 * this.#k + label * 0.7
    this.#label(
      names.depot,
      [
        { x: dx, y: dy - up, anchor: 'middle' },
        { x: dx - 12 * this.#k, y: dy - up, anchor: 'start' },
      ],
      { colour: colours.css.ink, bold: true },
    )
    for (const locker of LOCKERS) this.#nameLocker(locker)
    for (const { name, at, anchor } of WATER_LABELS) {
      const [x, y] = this.#at(at)
      this.#label(name, around(x, y, anchor, label), { colour: colours.css.sea, italic: true })
    }
    for (const { name, at, anchor } of STREET_LABELS) {
      const [x, y] = this.#at(at)
      this.#label(name, around(x, y, anchor, label), { colour: colours.css.muted })
    }
  }

  #drawDepot(x: number, y: number): void {
    const { colours } = this.#look
    const k = this.#k
    this.add.rectangle(x, y, 24 * k, 24 * k, colours.ink)
    this.#room.take({ x: x - 12 * k, y: y - 12 * k, width: 24 * k, height: 24 * k })
    const roof = this.add.graphics().fillStyle(colours.sheet)
    const shape = [
      [-7, 7],
      [-7, -1],
      [0, -7],
      [7, -1],
      [7, 7],
    ]
    roof.fillPoints(
      shape.map(([px, py]) => new Phaser.Math.Vector2(x + px! * k, y + py! * k)),
      true,
    )
  }

  #drawLocker(x: number, y: number): void {
    const { colours } = this.#look
    const k = this.#k
    const box = this.add.graphics({ x, y }).setScale(k)
    box.fillStyle(colours.sheet).fillRect(-11.5, -7.5, 23, 15)
    box.fillStyle(colours.ink).fillRect(-10, -6, 20, 12)
    box.fillStyle(colours.sheet)
    for (const [px, py] of [
      [-8, -4],
      [-2, -4],
      [4, -4],
      [-8, 1],
      [4, 1],
    ] as const)
      box.fillRect(px, py, 4, 3)
    this.#room.take({ x: x - 11 * k, y: y - 8 * k, width: 22 * k, height: 16 * k })
  }

  /**
   * Name and free boxes in two lines, beside the locker where there is room, else above or below.
   */
  #nameLocker(locker: (typeof LOCKERS)[number]): void {
    const { colours, label } = this.#look
    const [x, y] = this.#at(locker.at)
    const line = label * 1.15
    const side = 14 * this.#k
    const room = this.#add(locker.name, 0, 0, 'start', { colour: colours.css.ink, bold: true })
    const boxes = this.#add(this.#boxes(locker.name), 0, 0, 'start', { colour: colours.css.muted })
    const width = Math.max(room.width, boxes.width)
    const spots = beside(x, y + locker.dy * this.#scale * 0.5, side, line)
    const spot = this.#room.best(spots, width + 6, line * 2)
    for (const [word, dy] of [
      [room, -line / 2],
      [boxes, line / 2],
    ] as const)
      word.setPosition(spot.x, spot.y + dy).setOrigin(originOf(spot.anchor), 0.5)
    this.#words.set(locker.name, boxes)
  }

  #boxes(name: string): string {
    const locker = this.#report.lockers.find((one) => one.name === name)
    return locker ? this.#look.names.boxes(locker.used, locker.boxes) : ''
  }
  #writeBoxes(): void {
    for (const [name, word] of this.#words) {
      const text = this.#boxes(name)
      if (word.text !== text) word.setText(text)
    }
  }

  #label(text: string, spots: readonly Spot[], style: Style): void {
    const word = this.#add(text, 0, 0, 'start', style)
    const spot = this.#room.find(spots, word.width, this.#look.label * 1.2)
    if (spot) word.setPosition(spot.x, spot.y).setOrigin(originOf(spot.anchor), 0.5)
    else word.destroy()
  }

  #add(text: string, x: number, y: number, anchor: Anchor, style: Style): Phaser.GameObjects.Text {
    const { css } = this.#look.colours
    const word = this.add.text(x, y, text, {
      fontFamily: css.text,
      fontSize: this.#look.label,
      fontStyle: style.bold ? '600' : style.italic ? 'italic' : '400',
      color: style.colour,
      stroke: css.sheet,
      strokeThickness: 4,
      resolution: 2,
    })
    return word.setOrigin(originOf(anchor), 0.5)
  }

  #moveVan(van: MapReport['vans'][number]): void {
    if (van.x === null || van.y === null) return
    const [x, y] = this.#spot(van, van.x, van.y)
    const known = this.#vans.get(van.van)
    if (!known) {
      this.#vans.set(van.van, this.#drawVan(van, x, y))
      return
    }
    this.tweens.killTweensOf(known)
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) known.setPosition(x, y)
    else this.tweens.add({ targets: known, x, y, duration: GLIDE_MS })
  }

  /** Where a van is drawn: vans that report one spot stand below each other. */
  #spot(van: MapReport['vans'][number], vx: number, vy: number): Point {
    const [x, y] = this.#mm(vx, vy)
    const above = this.#report.vans.filter((other) => {
      if (other.van >= van.van || other.x === null || other.y === null) return false
      const [ox, oy] = this.#mm(other.x, other.y)
      return Math.abs(ox - x) + Math.abs(oy - y) < 14 * this.#k
    }).length
    return [x, y + above * 21 * this.#k]
  }

  /** A van where its tracker says: a body with a dashed outline when the twin disagrees. */
  #drawVan(van: MapReport['vans'][number], x: number, y: number): Phaser.GameObjects.Container {
    const { colours } = this.#look
    const body = this.add.graphics().fillStyle(colours.ink).lineStyle(1.5, colours.sheet)
    const shape = [
      [-15, -9],
      [10, -9],
      [15, -5],
      [15, 5],
      [10, 9],
      [-15, 9],
    ].map(([px, py]) => new Phaser.Math.Vector2(px!, py!))
    body.fillPoints(shape, true).strokePoints(shape, true)
    const number = this.add
      .text(-2, 0, String(van.van + 1), {
        fontFamily: colours.css.display,
        fontSize: 13,
        fontStyle: '700',
        color: colours.css.sheet,
        resolution: 2 * this.#k,
      })
      .setOrigin(0.5)
    return this.add.container(x, y, [body, number]).setDepth(10).setScale(this.#k)
  }

  #drawDisagreements(): void {
    const pen = this.#ghosts
    if (!pen) return
    const { colours } = this.#look
    pen.clear().setDepth(9)
    for (const word of this.#gaps) word.destroy()
    this.#gaps = []
    for (const van of this.#report.vans) {
      if (van.x === null || van.y === null) continue
      const [x, y] = this.#spot(van, van.x, van.y)
      if (this.#alarmed.includes(van.van))
        pen.lineStyle(2.5, colours.signal).strokeCircle(x, y, 22 * this.#k)
      if (!van.twin) continue
      const [tx, ty] = this.#mm(van.twin.x, van.twin.y)
      const radius = Math.max(12, (van.twin.radiusMm / UNIT_MM) * this.#scale)
      pen.lineStyle(2, colours.signal)
      dashed(pen, x, y, tx, ty)
      pen.fillStyle(colours.signal, 0.1).fillCircle(tx, ty, radius).strokeCircle(tx, ty, radius)
      this.#gaps.push(this.#writeGap(van, [x, y], [tx, ty]))
    }
  }

  #vanBoxes(): readonly Box[] {
    const [width, height] = [34 * this.#k, 22 * this.#k]
    return this.#report.vans.flatMap((van) => {
      if (van.x === null || van.y === null) return []
      const [x, y] = this.#spot(van, van.x, van.y)
      return [{ x: x - width / 2, y: y - height / 2, width, height }]
    })
  }

  /**
   * How far the fix is from the mast that serves the van: at the dashed line, where most of the map
   * stays readable.
   */
  #writeGap(van: MapReport['vans'][number], from: Point, to: Point): Phaser.GameObjects.Text {
    const [dx, dy] = [(van.x ?? 0) - (van.twin?.x ?? 0), (van.y ?? 0) - (van.twin?.y ?? 0)]
    const km = (Math.sqrt(dx * dx + dy * dy) / 1_000_000).toFixed(1)
    const word = this.#add(this.#look.names.apart(km), 0, 0, 'start', {
      colour: this.#look.colours.css.signal,
      bold: true,
    })
    const spots = along(from, to, 8 * this.#k)
    const spot =
      this.#room.look(spots, word.width, this.#look.label * 1.2, this.#vanBoxes()) ?? spots[0]
    return word.setPosition(spot.x, spot.y).setOrigin(originOf(spot.anchor), 0.5).setDepth(11)
  }
}
