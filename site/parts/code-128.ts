/** Module widths of Code 128, symbols 0 to 105 (ISO/IEC 15417); the stop symbol has seven. */
const widths = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 ' +
  '122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 ' +
  '321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 ' +
  '211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 ' +
  '213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 ' +
  '121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 ' +
  '241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 ' +
  '412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 ' +
  '211214 211232 2331112'
).split(' ')

export type Bars = { readonly path: string; readonly width: number }

/**
 * A real Code 128 B barcode that any scanner reads as `text`. Characters outside printable
 * ASCII become a question mark. Returns an SVG path in modules, `height` tall.
 */
export function code128(text: string, height: number): Bars {
  const values = [104]
  for (const letter of text) {
    const value = letter.charCodeAt(0) - 32
    values.push(value >= 0 && value < 95 ? value : 31)
  }
  const sum = values.reduce((total, value, i) => total + value * Math.max(i, 1), 0) % 103
  let x = 0
  let path = ''
  for (const value of [...values, sum, 106]) {
    const digits = widths[value] ?? ''
    for (let i = 0; i < digits.length; i += 1) {
      const digit = Number(digits[i])
      if (i % 2 === 0) path += `M${x} 0h${digit}v${height}h-${digit}z`
      x += digit
    }
  }
  return { path, width: x }
}
