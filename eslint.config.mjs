import js from '@eslint/js'
import astro from 'eslint-plugin-astro'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

/** Functions whose last bit differs between engines; range/world/detmath.ts has stand-ins. */
const UNSTEADY = [
  'pow',
  'hypot',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'atan2',
  'sinh',
  'cosh',
  'tanh',
  'asinh',
  'acosh',
  'atanh',
  'exp',
  'expm1',
  'log',
  'log2',
  'log10',
  'log1p',
  'cbrt',
]
const DETERMINISTIC = [
  'range/world/**',
  'range/attack/**',
  'range/telemetry/**',
  'range/exercise/**',
  'engine/twin/**',
]
const PURE = ['engine/**', 'range/**']
const IMPURE = ['engine/anomaly/tfjs.ts', 'range/server/**', 'range/client/**']
const no = (object, property, message) => ({ object, property, message })

export default ts.config(
  {
    ignores: [
      'dist',
      'node_modules',
      '.astro',
      'data',
      'out',
      'test-results',
      'playwright-report',
      '**/.scratch-*',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  ...astro.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-empty-object-type': [
        'error',
        { allowInterfaces: 'with-single-extends' },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      'no-undef': 'off',
      'no-console': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-var': 'error',
      // A destructuring with one `let` in it stays whole, as Svelte's $props does.
      'prefer-const': ['error', { destructuring: 'all' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
  },
  {
    files: ['**/*.svelte'],
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/no-navigation-without-resolve': 'off',
      'prefer-const': 'off',
    },
  },
  { files: ['**/*.astro'], rules: { 'astro/no-set-html-directive': 'error' } },
  {
    files: ['**/*.cjs', 'range/client/cage/shim.js'],
    languageOptions: { sourceType: 'script' },
    rules: { 'no-var': 'off', 'no-unused-vars': ['error', { caughtErrors: 'none' }] },
  },
  {
    files: ['**/*.d.ts'],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-namespace': 'off',
    },
  },
  { files: ['scripts/**', 'test/bench/**', 'test/soak/**'], rules: { 'no-console': 'off' } },
  {
    files: PURE,
    ignores: IMPURE,
    rules: {
      'no-restricted-globals': [
        'error',
        'performance',
        'process',
        'fetch',
        'setTimeout',
        'setInterval',
        'localStorage',
        'navigator',
      ],
      'no-restricted-properties': [
        'error',
        no('Date', 'now', 'pure code has no clock'),
        no('Math', 'random', 'pure code draws from range/world/draw.ts'),
      ],
    },
  },
  {
    files: DETERMINISTIC,
    ignores: IMPURE,
    rules: {
      'no-restricted-properties': [
        'error',
        ...UNSTEADY.map((name) =>
          no('Math', name, 'differs between engines: use range/world/detmath.ts'),
        ),
        no('Date', 'now', 'pure code has no clock'),
        no('Math', 'random', 'pure code draws from range/world/draw.ts'),
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "BinaryExpression[operator='**']",
          message: 'differs between engines: use range/world/detmath.ts',
        },
      ],
    },
  },
)
