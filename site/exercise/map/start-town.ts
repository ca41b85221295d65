import Phaser from 'phaser'
import type { MapReport } from '../../../range/protocol/view.ts'
import { TownScene, type TownLook } from './town-scene.ts'

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
