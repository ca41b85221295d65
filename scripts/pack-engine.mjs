// Makes the engine a package of its own: JavaScript with types under `dist/`, what ships with it
// (rules, formulas, models, workflows) as texts, and a tarball in `out/`. Needs no network.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const [OUT = join(ROOT, 'out')] = process.argv.slice(2)
const STAGE = join(OUT, 'engine')
const read = (path) => readFileSync(join(ROOT, path), 'utf8')

function must(program, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`)
  return stdout.trim()
}

rmSync(STAGE, { recursive: true, force: true })
mkdirSync(join(STAGE, 'dist'), { recursive: true })
const config = join(STAGE, 'tsconfig.json')
const options = {
  noEmit: false,
  declaration: true,
  rewriteRelativeImportExtensions: true,
  allowImportingTsExtensions: false,
  rootDir: join(ROOT, 'engine'),
  outDir: join(STAGE, 'dist'),
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules/@types')],
}
const project = { extends: join(ROOT, 'tsconfig.json'), compilerOptions: options }
writeFileSync(config, JSON.stringify({ ...project, include: [join(ROOT, 'engine')], exclude: [] }))
must(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', config], ROOT)
rmSync(config)

const filesIn = (folder, ending) =>
  readdirSync(join(ROOT, 'engine', folder), { recursive: true })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => ({ name, text: read(`engine/${folder}/${name}`) }))
const shipped = {
  rules: filesIn('rules', '.yml'),
  formulas: [...filesIn('formulas', '.yml'), ...filesIn('formulas', '.sig')],
  models: filesIn('models', '.json'),
  workflows: filesIn('workflows', 'workflow.yml'),
}
const names = Object.keys(shipped)
writeFileSync(
  join(STAGE, 'dist/shipped.js'),
  names.map((name) => `export const ${name} = ${JSON.stringify(shipped[name])}\n`).join(''),
)
writeFileSync(
  join(STAGE, 'dist/shipped.d.ts'),
  [
    "import type { SourceFile } from './engine.js'",
    ...names.map((name) => `export declare const ${name}: readonly SourceFile[]`),
    '',
  ].join('\n'),
)

const own = JSON.parse(read('package.json'))
const at = (name) => own.dependencies[name] ?? own.optionalDependencies[name]
const from = (wanted) => Object.fromEntries(wanted.map((name) => [name, at(name)]))
writeFileSync(
  join(STAGE, 'package.json'),
  `${JSON.stringify(
    {
      name: '@doorstep/engine',
      version: own.version,
      description: 'Detection by rules, temporal logic, learned models and physical plausibility.',
      license: own.license,
      type: 'module',
      sideEffects: false,
      exports: {
        '.': { types: './dist/engine.d.ts', default: './dist/engine.js' },
        './*': { types: './dist/*.d.ts', default: './dist/*.js' },
      },
      files: ['dist'],
      engines: own.engines,
      dependencies: from([
        '@noble/curves',
        '@noble/hashes',
        'canonicalize',
        're2js',
        'yaml',
        'zod',
      ]),
      peerDependencies: from(['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', 'z3-solver']),
      peerDependenciesMeta: Object.fromEntries(
        ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', 'z3-solver'].map((name) => [
          name,
          { optional: true },
        ]),
      ),
    },
    null,
    2,
  )}\n`,
)
for (const name of ['LICENSE', 'NOTICE']) cpSync(join(ROOT, name), join(STAGE, name))
cpSync(join(ROOT, 'engine/README.md'), join(STAGE, 'README.md'))
const [packed] = JSON.parse(must('npm', ['pack', '--json', '--pack-destination', OUT], STAGE))
process.stdout.write(`${join(OUT, packed.filename)}\n`)
