// All that pure folders may use beyond the language itself: no clock, no effects. For
// tsconfig.pure.json only; elsewhere Node's and the browser's own types say the same and more.
declare function structuredClone<T>(value: T): T
declare function atob(text: string): string
declare function btoa(text: string): string
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>
  encodeInto(text: string, bytes: Uint8Array): { readonly read: number; readonly written: number }
}
declare class TextDecoder {
  constructor(label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean })
  decode(bytes?: Uint8Array): string
}
declare class URLSearchParams {
  constructor(init?: string | readonly (readonly string[])[] | Readonly<Record<string, string>>)
  get(name: string): string | null
  getAll(name: string): string[]
  has(name: string): boolean
  set(name: string, value: string): void
  append(name: string, value: string): void
  [Symbol.iterator](): IterableIterator<[string, string]>
}
