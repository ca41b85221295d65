import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** Parameters of OWASP's password storage sheet for scrypt: 32 MiB a guess. */
const N = 32_768
const R = 8
const P = 3
const KEY_BYTES = 32
const MEMORY_MAX = 64 * 1024 * 1024

/** `scrypt$N$r$p$salt$key`, the last two in base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, { N, r: R, p: P })
  return ['scrypt', N, R, P, salt.toString('base64'), key.toString('base64')].join('$')
}

/** Whether `password` made `stored`. A stored text of another form is never right. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [kind, n, r, p, salt, key] = stored.split('$')
  if (kind !== 'scrypt' || salt === undefined || key === undefined) return false
  const expected = Buffer.from(key, 'base64')
  const made = await derive(password, Buffer.from(salt, 'base64'), {
    N: Number(n),
    r: Number(r),
    p: Number(p),
  })
  return made.length === expected.length && timingSafeEqual(made, expected)
}

function derive(
  password: string,
  salt: Buffer,
  cost: { N: number; r: number; p: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(
      password.normalize('NFKC'),
      salt,
      KEY_BYTES,
      { ...cost, maxmem: MEMORY_MAX },
      (error, key) => {
        if (error) reject(error)
        else resolve(key)
      },
    )
  })
}
