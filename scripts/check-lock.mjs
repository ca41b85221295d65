// The lock file must install anywhere with npm alone: no addresses of a registry in it, every entry
// with its integrity, and no platform left out of a package that lists its platforms as optional.
import { readFileSync } from 'node:fs'

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))
const mistakes = []
const packages = lock.packages ?? {}

function find(from, name) {
  for (let at = from; ; at = at.slice(0, at.lastIndexOf('/node_modules/'))) {
    const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`
    if (packages[path]) return packages[path]
    if (at === '') return undefined
    if (!at.includes('/node_modules/')) at = ''
    if (at === '') return packages[`node_modules/${name}`]
  }
}

for (const [path, entry] of Object.entries(packages)) {
  if (path === '') continue
  if (entry.resolved !== undefined) mistakes.push(`${path}: has "resolved" (${entry.resolved})`)
  if (entry.integrity === undefined && !entry.link && !entry.inBundle)
    mistakes.push(`${path}: has no integrity`)
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (find(path, name) === undefined)
      mistakes.push(`${path}: its optional ${name} is missing, npm ci would stop there`)
  }
}
const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
  for (const [name, version] of Object.entries(own[kind] ?? {})) {
    if (!/^\d/.test(version)) mistakes.push(`package.json: ${name} is not pinned (${version})`)
    if (packages[`node_modules/${name}`]?.version !== version)
      mistakes.push(`package.json: ${name} ${version} is not what the lock holds`)
  }
}
for (const mistake of mistakes) process.stderr.write(`package-lock.json: ${mistake}\n`)
process.exitCode = mistakes.length === 0 ? 0 : 1
