import { fileURLToPath } from 'node:url'
import { defineConfig } from 'astro/config'
import mdx from '@astrojs/mdx'
import node from '@astrojs/node'
import svelte from '@astrojs/svelte'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

/**
 * The site is rendered on demand and mounted as a middleware by range/server/http.
 * The policy below is sent with every page as a header: scripts and styles come from this
 * server only, inline ones by hash; nothing is requested from anybody else.
 */
export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'middleware' }),
  srcDir: here('./site'),
  publicDir: here('./site/public'),
  outDir: here('./dist'),
  integrations: [svelte(), mdx()],
  markdown: { syntaxHighlight: false },
  build: { inlineStylesheets: 'never' },
  devToolbar: { enabled: false },
  security: {
    checkOrigin: true,
    csp: {
      directives: [
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
      ],
    },
  },
  vite: { build: { assetsInlineLimit: 0 } },
})
