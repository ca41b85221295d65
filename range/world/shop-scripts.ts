import type { Page, ScriptTag } from './types-shop.ts'

/** The shop's own host, and the hosts of the town's internet that its pages know. */
export const SHOP_HOST = 'larchlane.example'
export const COUNTER_HOST = 'count.visitlog.example'
export const PARTNER_HOSTS = [
  COUNTER_HOST,
  'js.paynorth.example',
  'chat.helpful.example',
  'stars.tellus.example',
] as const
/**
 * What the shop's Content-Security-Policy allows. The counter's firm hands out a subdomain to every
 * customer of its own.
 */
export const ALLOWED_HOSTS = [
  SHOP_HOST,
  '*.visitlog.example',
  'js.paynorth.example',
  'chat.helpful.example',
  'stars.tellus.example',
] as const

/** Real programs: a browser runs exactly these texts, and `scripts.ts` reads what they would do. */
const SHOP_JS = `// Larch & Lane: remembers nothing, marks the current page in the menu.
(function () {
  var here = location.pathname;
  document.querySelectorAll('nav a').forEach(function (link) {
    if (link.pathname === here) link.setAttribute('aria-current', 'page');
  });
})();
`
const CART_JS = `// Larch & Lane: keeps the number of pairs between one and nine.
document.querySelectorAll('input[name=count]').forEach(function (field) {
  field.addEventListener('change', function () {
    field.value = Math.max(1, Math.min(9, Number(field.value) || 1));
  });
});
`
const CHECKOUT_JS = `// Larch & Lane: one payment for one click.
(function () {
  var form = document.querySelector('form[data-pay]');
  if (!form) return;
  form.addEventListener('submit', function () {
    var button = form.querySelector('button');
    setTimeout(function () { button.disabled = true; }, 0);
  });
})();
`
const FIELD_JS = `// paynorth field 3.2: groups the digits of a card number by four.
(function () {
  var field = document.querySelector('form[data-pay] input[name=card]');
  if (!field) return;
  field.addEventListener('input', function () {
    field.value = field.value.replace(/\\D/g, '').slice(0, 19).replace(/(.{4})(?=.)/g, '$1 ');
  });
})();
`
const TAG_JS = `// visitlog counter
navigator.sendBeacon('https://${COUNTER_HOST}/collect', new URLSearchParams({ page: location.pathname }));
`
const STARS_JS = `// tellus stars: draws a rating as stars.
document.querySelectorAll('[data-stars]').forEach(function (box) {
  var stars = Number(box.getAttribute('data-stars'));
  box.setAttribute('title', stars + ' of 5');
});
`
const CHAT_JS = `// helpful chat: opens the help page; people answer from nine to five.
(function () {
  var link = document.querySelector('a[data-help]');
  if (link) link.setAttribute('title', 'We answer within ten minutes');
})();
`
const own = (file: string, text: string): ScriptTag => ({ src: `/assets/${file}`, text })
const SHOP = own('shop.js', SHOP_JS)
const TAG: ScriptTag = { src: `https://${COUNTER_HOST}/tag.js`, text: TAG_JS }

/** The shop's pages, in the order in which they are released and inspected. */
export const SLUGS: readonly Page['slug'][] = ['home', 'product', 'cart', 'checkout', 'account']

/** The scripts of the signed baseline, by page. */
export const BASELINE: Readonly<Record<Page['slug'], readonly ScriptTag[]>> = {
  home: [SHOP, TAG, { src: 'https://chat.helpful.example/chat.js', text: CHAT_JS }],
  product: [SHOP, { src: 'https://stars.tellus.example/stars.js', text: STARS_JS }],
  cart: [SHOP, own('cart.js', CART_JS)],
  checkout: [
    own('checkout.js', CHECKOUT_JS),
    { src: 'https://js.paynorth.example/field.js', text: FIELD_JS },
    TAG,
  ],
  account: [SHOP],
}

/**
 * A tag of the marketing office: an honest program that reports once which campaign a visitor came
 * from.
 */
export function marketingTag(number: number): ScriptTag {
  const text = `// campaign ${number}
(function () {
  var from = new URLSearchParams(location.search).get('from') || 'none';
  navigator.sendBeacon('https://${COUNTER_HOST}/collect', new URLSearchParams({ campaign: '${number}', from: from }));
})();
`
  return { src: `https://${COUNTER_HOST}/campaign-${number}.js`, text }
}
/**
 * An editor's notice: an honest program that marks the page, so that a line of the stylesheet shows
 * it.
 */
export function noticeScript(place: number, number: number): ScriptTag {
  const text = `// notice ${number}
document.documentElement.setAttribute('data-notice', '${number}');
`
  return { src: `inline:${place}`, text }
}
/** The scripts of a page after release `release`: the same programs with a new version line. */
export function releasedScripts(
  scripts: readonly ScriptTag[],
  release: number,
): readonly ScriptTag[] {
  return scripts.map((script) =>
    script.src.startsWith('/assets/')
      ? {
          ...script,
          text: `// release ${release}\n${script.text.replace(/^\/\/ release \d+\n/, '')}`,
        }
      : script,
  )
}
