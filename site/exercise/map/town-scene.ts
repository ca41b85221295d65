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
  #words: Phaser.GameObjects.Text[] = []
  #scale = 1
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
    for (const label of WATER_LABELS)
      this.#write(label.name, label.at, label.anchor, { colour: colours.css.sea, italic: true })
    for (const label of STREET_LABELS)
      this.#write(label.name, label.at, label.anchor, { colour: colours.css.muted })
  }

  #drawLines(): void {
    const { colours } = this.#look
    const of = { A: colours.lineA, B: colours.lineB, C: colours.lineC }
    for (const line of LINES)
      this.#path(this.#pen(5.5 * Math.max(0.8, this.#scale * 0.8), of[line.id]), line.points)
    for (const line of LINES) {
      const [x, y] = this.#at(line.label)
      const side = this.#look.label + 5
      this.add.rectangle(x, y, side, side, of[line.id])
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

  #drawPlaces(): void {
    const { colours, names, label } = this.#look
    const [dx, dy] = this.#at(DEPOT)
    this.add.rectangle(dx, dy, 22, 22, colours.ink)
    const roof = this.add.graphics().fillStyle(colours.sheet)
    roof.fillPoints(
      [
        [-6, 6],
        [-6, -1],
        [0, -6],
        [6, -1],
        [6, 6],
      ].map(([x, y]) => new Phaser.Math.Vector2(dx + x!, dy + y!)),
      true,
    )
    this.#write(names.depot, [DEPOT[0], DEPOT[1] - 16 / this.#scale - 4], 'middle', {
      colour: colours.css.ink,
      bold: true,
    })
    for (const locker of LOCKERS) {
      const [x, y] = this.#at(locker.at)
      const box = this.add
        .graphics()
        .fillStyle(colours.ink)
        .fillRect(x - 9, y - 6, 18, 12)
      box
        .fillStyle(colours.sheet)
        .fillRect(x - 7, y - 4, 4, 3)
        .fillRect(x - 2, y - 4, 4, 3)
        .fillRect(x - 7, y + 1, 4, 3)
      this.#write(
        locker.name,
        [locker.at[0] + 14, locker.at[1] + locker.dy - label / this.#scale / 2],
        'start',
        { colour: colours.css.ink, bold: true },
      )
    }
  }

  #writeBoxes(): void {
    for (const word of this.#words) word.destroy()
    this.#words = this.#report.lockers.flatMap((locker) => {
      const place = LOCKERS.find((one) => one.name === locker.name)
      if (!place) return []
      const at: Point = [
        place.at[0] + 14,
        place.at[1] + place.dy + this.#look.label / this.#scale / 2,
      ]
      return [
        this.#write(this.#look.names.boxes(locker.used, locker.boxes), at, 'start', {
          colour: this.#look.colours.css.muted,
        }),
      ]
    })
  }

  #write(
    text: string,
    at: Point,
    anchor: 'start' | 'middle' | 'end',
    style: { colour: string; bold?: boolean; italic?: boolean },
  ): Phaser.GameObjects.Text {
    const [x, y] = this.#at(at)
    const { css } = this.#look.colours
    const fontStyle = style.bold ? '600' : style.italic ? 'italic' : '400'
    const word = this.add.text(x, y, text, {
      fontFamily: css.text,
      fontSize: this.#look.label,
      fontStyle,
      color: style.colour,
      stroke: css.sheet,
      strokeThickness: 3,
      resolution: 2,
    })
    return word.setOrigin(anchor === 'start' ? 0 : anchor === 'end' ? 1 : 0.5, 0.5)
  }

  #moveVan(van: MapReport['vans'][number]): void {
    if (van.x === null || van.y === null) return
    const [x, y] = this.#mm(van.x, van.y)
    const known = this.#vans.get(van.van)
    if (!known) {
      this.#vans.set(van.van, this.#drawVan(van, x, y))
      return
    }
    this.tweens.killTweensOf(known)
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) known.setPosition(x, y)
    else this.tweens.add({ targets: known, x, y, duration: GLIDE_MS })
  }

  /** A van where its tracker says: a body with a dashed outline when the twin disagrees. */
  #drawVan(van: MapReport['vans'][number], x: number, y: number): Phaser.GameObjects.Container {
    const { colours, label } = this.#look
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
        fontSize: label,
        fontStyle: '700',
        color: colours.css.sheet,
        resolution: 2,
      })
      .setOrigin(0.5)
    return this.add.container(x, y, [body, number]).setDepth(10)
  }

  #drawDisagreements(): void {
    const pen = this.#ghosts
    if (!pen) return
    const { colours } = this.#look
    pen.clear().setDepth(9)
    for (const van of this.#report.vans) {
      if (van.x === null || van.y === null) continue
      const [x, y] = this.#mm(van.x, van.y)
      if (this.#alarmed.includes(van.van)) pen.lineStyle(2.5, colours.signal).strokeCircle(x, y, 22)
      if (!van.twin) continue
      const [tx, ty] = this.#mm(van.twin.x, van.twin.y)
      const radius = Math.max(12, (van.twin.radiusMm / UNIT_MM) * this.#scale)
      pen.lineStyle(2, colours.signal)
      dashed(pen, x, y, tx, ty)
      pen.strokeCircle(tx, ty, radius).fillStyle(colours.signal, 0.12).fillCircle(tx, ty, radius)
    }
  }
}

function dashed(
  pen: Phaser.GameObjects.Graphics,
  x: number,
  y: number,
  tx: number,
  ty: number,
): void {
  const length = Math.sqrt((tx - x) * (tx - x) + (ty - y) * (ty - y))
  for (let done = 0; done < length; done += 9) {
    const [a, b] = [done / length, Math.min(1, (done + 5) / length)]
    pen.lineBetween(x + (tx - x) * a, y + (ty - y) * a, x + (tx - x) * b, y + (ty - y) * b)
  }
}

/** Starts the map in `holder`; the answer shows a new report or ends it. */
export function startTown(
  holder: HTMLElement,
  look: TownLook,
  report: MapReport,
): { show: (report: MapReport, alarmed: readonly number[]) => void; stop: () => void } {
  const scene = new TownScene(look, report)
  const game = new Phaser.Game({
    type: Phaser.AUTO,
    parent: holder,
    width: holder.clientWidth,
    height: holder.clientHeight,
    transparent: true,
    banner: false,
    audio: { noAudio: true },
    fps: { target: 24, limit: 24 },
    scene,
    render: { antialias: true },
    input: { keyboard: false, mouse: false, touch: false, gamepad: false },
  })
  return {
    show: (next, alarmed) => scene.show(next, alarmed),
    stop: () => game.destroy(true),
  }
}
