import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What docs/pictures shows, each as a window sees it. */
const CHOSEN = {
  'defender-1440-light': 'exercise.png',
  'attacker-d1-1440-dark': 'attacker.jpg',
  'projector-1920-dark': 'projector.jpg',
  'customer-checkout-1440-light': 'customer.jpg',
  'trainer-1440-light': 'trainer.jpg',
  'debrief-1440-light': 'debrief.jpg',
  'proof-checked-1440-light': 'proof.jpg',
  'lobby-defender-1440-light': 'lobby.jpg',
  'lab-host-1440-light': 'lab.jpg',
  'design-goods-1440-light': 'design.jpg',
  'home-1440-light': 'home.jpg',
  'lesson-1440-light': 'lesson.jpg',
}

/**
 * Takes each screen at every width and theme; with `axe` it also collects what is wrong with it.
 */
export class Camera {
  count = 0
  found = []
  #options

  constructor(options) {
    this.#options = options
  }

  /** `then` may go on clicking and call `shoot(name)` for further states of the same screen. */
  async take(name, path, { seat, cookie, wait = 1500, then } = {}) {
    const { themes, widths } = this.#options
    for (const theme of themes.filter((one) => this.#wanted(name, one))) {
      const page = await this.#open(theme, path, { seat, cookie, slot: 'seat' })
      page.on('pageerror', (error) => this.found.push(`${name} ${theme}: ${error.message}`))
      await page.waitForTimeout(wait)
      for (const width of widths) {
        await page.setViewportSize({ width, height: width < 500 ? 740 : 900 })
        await page.waitForTimeout(900)
        const shoot = (state) => this.#shoot(page, `${state}-${width}-${theme}`, true)
        await shoot(name)
        if (then && this.#wanted(`${name}-[a-z]\\w*`, theme))
          await then(page, (state) => shoot(`${name}-${state}`))
      }
      await page.context().close()
    }
  }

  /** One page that goes on by itself: `at(state)` takes it as it is, at every width and theme. */
  async follow(name, path, then, options = {}) {
    const { themes, widths } = this.#options
    if (!themes.some((theme) => this.#wanted(`${name}-[a-z]\\w*`, theme))) return
    const page = await this.#open(themes[0], path, options)
    page.on('pageerror', (error) => this.found.push(`${name}: ${error.message}`))
    const at = async (state) => {
      for (const width of widths)
        for (const theme of themes.filter((one) => this.#wanted(`${name}-${state}`, one))) {
          await page.emulateMedia({ colorScheme: theme })
          await page.setViewportSize({ width, height: width < 500 ? 740 : 900 })
          await page.waitForTimeout(700)
          await this.#shoot(page, `${name}-${state}-${width}-${theme}`, true)
        }
      await page.setViewportSize({ width: 1440, height: 900 })
    }
    try {
      await then(page, at)
    } catch (error) {
      this.found.push(`${name}: ${String(error).slice(0, 300)}`)
      await at('stuck')
    }
    await page.context().close()
  }

  /** As it comes out of a printer: a PDF, and what the screen shows of the print styles. */
  async print(name, path, seat) {
    const page = await this.#open('light', path, { seat, slot: 'seat' })
    await page.waitForTimeout(3000)
    await this.debriefWhatIf(page, () => undefined)
    await page.emulateMedia({ media: 'print' })
    // What A4 across leaves between its margins, so that lines break as on paper.
    await page.setViewportSize({ width: 1047, height: 718 })
    await page.waitForTimeout(900)
    await page.pdf({
      path: join(this.#options.out, `${name}.pdf`),
      preferCSSPageSize: true,
      printBackground: true,
    })
    await page.screenshot({ path: join(this.#options.out, `${name}-print.png`), fullPage: true })
    this.count += 2
    await page.context().close()
  }

  async takeScreen(name, path, seat) {
    for (const theme of this.#options.themes.filter((one) => this.#wanted(name, one))) {
      const page = await this.#open(theme, path, { seat, slot: 'screen' })
      await page.setViewportSize({ width: 1920, height: 1080 })
      await page.waitForTimeout(2500)
      await this.#shoot(page, `${name}-1920-${theme}`, false)
      for (const width of this.#options.widths.filter((one) => one < 1400)) {
        await page.setViewportSize({ width, height: width < 500 ? 740 : 900 })
        await page.waitForTimeout(900)
        await this.#shoot(page, `${name}-${width}-${theme}`, true)
      }
      await page.context().close()
    }
  }

  attackerJobs = async (page, shoot) => {
    for (const [i, job] of ['w1', 'p2', 'i1', 'd1'].entries()) {
      await page.locator('.job').nth(i).click()
      await page.waitForTimeout(250)
      if (i > 0) await shoot(job)
    }
    await page.locator('.job').first().click()
  }

  defenderDossiers = async (page, shoot) => {
    const count = await page.locator('.flight:visible').count()
    for (let i = 1; i < Math.min(count, 5); i++) {
      await page.locator('.flight:visible').nth(i).click()
      await page.waitForTimeout(400)
      await shoot(`incident-${i}`)
    }
    if (count > 0) await page.locator('.flight:visible').first().click()
    const search = page.locator('input[type=search]')
    await search.fill('van:1')
    await search.press('Enter')
    await page.waitForTimeout(1200)
    await shoot('search')
    await search.fill('')
  }

  /** Runs the history with one decision changed that stands first. */
  debriefWhatIf = async (page, shoot) => {
    const run = page.getByRole('button', { name: 'Run it', exact: true })
    if (!(await run.isVisible())) return
    await run.click()
    await page
      .getByRole('heading', { name: 'What would have happened' })
      .waitFor({ timeout: 60_000 })
    await page.waitForTimeout(600)
    await shoot('whatif')
  }

  parcelWay = async (page, shoot) => {
    const show = page.getByRole('button', { name: 'Show its way', exact: true })
    for (const state of ['way', 'broken']) {
      await show.click()
      await page.locator('.custody-sheet .wax, .custody-seal .is-broken').first().waitFor()
      await page.waitForTimeout(600)
      await shoot(state)
      await page.getByRole('checkbox').check()
    }
    await page.getByRole('checkbox').uncheck()
  }

  proofChecked = async (page, shoot) => {
    await page.getByRole('button', { name: 'Check it here' }).click()
    await page.waitForTimeout(1500)
    await shoot('checked')
    await page.getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Check it here' }).click()
    await page.waitForTimeout(1500)
    await shoot('forged')
    await page.getByRole('checkbox').uncheck()
  }

  /** With `docs` only what the documentation shows is taken. */
  #wanted(name, theme) {
    if (!this.#options.docs) return true
    const pattern = new RegExp(`^${name}-.*${theme}$`)
    return Object.keys(CHOSEN).some((one) => pattern.test(one))
  }

  async #open(theme, path, { seat, cookie, slot }) {
    const { browser, url } = this.#options
    const context = await browser.newContext({
      colorScheme: theme,
      reducedMotion: 'reduce',
      viewport: { width: 1440, height: 900 },
    })
    if (cookie) {
      const [name, value] = cookie.split('=')
      await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }])
    }
    const page = await context.newPage()
    if (seat)
      await page.addInitScript(
        ([exercise, slotName, token]) => {
          if (self.origin === 'null') return
          localStorage.setItem(`doorstep.${slotName}.${exercise}`, token)
          for (const role of ['attacker', 'defender', 'customer'])
            localStorage.setItem(`doorstep.briefed.${exercise}.${role}`, '1')
        },
        [seat.exercise, slot, seat.token],
      )
    await page.goto(url + path)
    return page
  }

  async #shoot(page, name, fullPage) {
    if (fullPage) await scrollThrough(page)
    await page.screenshot({ path: join(this.#options.out, `${name}.png`), fullPage })
    this.count += 1
    const chosen = CHOSEN[name]
    if (this.#options.docs && chosen) {
      // Nothing lies over what the picture is about.
      const read = page.getByRole('button', { name: 'Read', exact: true })
      if (await read.isVisible()) await read.click()
      await page.evaluate(() => scrollTo(0, 0))
      await page.waitForTimeout(300)
      await picture(page, join(this.#options.docs, chosen))
    }
    if (this.#options.axe) await this.#axe(page, name)
  }

  async #axe(page, name) {
    const { default: AxeBuilder } = await import('@axe-core/playwright')
    const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze()
    for (const one of violations)
      this.found.push(
        `${name}: ${one.id} (${one.impact}) ${one.nodes.length}x ${one.nodes
          .slice(0, 3)
          .map((node) => node.target.join(' '))
          .join(' | ')}`,
      )
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (wide > 1) this.found.push(`${name}: ${wide} px wider than the window`)
  }
}

/** What is drawn only when it is seen is drawn; then back to the top. */
async function scrollThrough(page) {
  const steps = await page.evaluate(() =>
    Math.min(12, Math.ceil(document.documentElement.scrollHeight / innerHeight)),
  )
  for (let step = 1; step < steps; step++) {
    await page.evaluate((to) => scrollTo(0, to * innerHeight), step)
    await page.waitForTimeout(60)
  }
  await page.evaluate(() => scrollTo(0, 0))
  await page.waitForTimeout(steps > 1 ? 300 : 0)
}

/** A window's picture for the documentation: PNG with few colours, or JPEG. */
async function picture(page, path) {
  if (!path.endsWith('.png')) {
    await page.screenshot({ path, type: 'jpeg', quality: 82 })
    return
  }
  // Comes with Astro; without it the picture is only larger.
  const small = await import('sharp').catch(() => null)
  const data = await page.screenshot()
  writeFileSync(path, small ? await small.default(data).png({ palette: true }).toBuffer() : data)
}
