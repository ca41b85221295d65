import type Phaser from 'phaser'

/** Draws a dashed line between two points in pixels. */
export function dashed(
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
