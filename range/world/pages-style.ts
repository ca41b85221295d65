/** The shop's own look: nothing of the platform's, since it is a place in the town. */
export const SHOP_STYLE = `
:root{--bark:#3b2a20;--larch:#2f5d46;--moss:#dfe8d8;--paper:#fbf8f2;--line:#e3dbcc;
  --berry:#a33a2c;--soft:#6d5d50}
*{box-sizing:border-box}
html{font:17px/1.55 "Iowan Old Style","Palatino Linotype",Palatino,Georgia,serif;
  color:var(--bark);background:var(--paper)}
body{margin:0;min-height:100vh;display:flex;flex-direction:column}
a{color:var(--larch);text-underline-offset:.18em}
h1{font-size:1.9rem;line-height:1.15;margin:.2em 0 .5em;letter-spacing:-.01em;font-weight:600}
h2{font-size:1.15rem;margin:1.6em 0 .5em}
.hide{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.skip{position:absolute;left:-99em}
.skip:focus{left:1em;top:.5em;background:#fff;padding:.4em .8em}
header{display:flex;gap:1rem 1.6rem;align-items:center;flex-wrap:wrap;
  padding:.9rem clamp(1rem,4vw,3rem);border-bottom:1px solid var(--line);background:#fff}
.logo{font-size:1.45rem;font-weight:700;letter-spacing:-.02em;text-decoration:none;
  color:var(--bark)}
.logo i{color:var(--larch);font-weight:400}
.search{display:flex;gap:.4rem;flex:1 1 14rem;max-width:26rem}
.search label{flex:1}
nav{display:flex;gap:1.2rem;margin-left:auto}
nav a{color:var(--bark);text-decoration:none}
nav a:hover{text-decoration:underline}
.basket b{background:var(--larch);color:#fff;border-radius:1em;padding:.05em .5em;font-size:.8em}
main{flex:1;width:100%;max-width:72rem;margin:0 auto;padding:1.6rem clamp(1rem,4vw,3rem) 3rem}
.hero{display:grid;grid-template-columns:1.3fr 1fr;gap:2rem;align-items:center;
  background:var(--moss);border-radius:1.2rem;padding:clamp(1.4rem,4vw,3rem);margin-bottom:1.8rem}
.hero h1{font-size:clamp(2rem,5vw,3.2rem);margin:0 0 .3em}
.hero p{font-size:1.1rem;max-width:30ch;margin:0}
.hero-art{width:100%;max-height:13rem}
.sale{background:var(--berry);color:#fff;border-radius:.6rem;padding:.6rem 1rem}
.shelf{list-style:none;margin:0;padding:0;display:grid;
  grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:1.4rem}
.card{display:flex;flex-direction:column;text-decoration:none;color:inherit;height:100%}
.art,.big-art{background:#f1ebdf;border-radius:.9rem;width:100%;aspect-ratio:4/3;
  transition:background .2s}
.card:hover .art,.card:focus .art{background:var(--moss)}
.name{margin:.6rem 0 .1rem;font-weight:600}
.price{color:var(--soft)}
.price s{opacity:.7}
.product{display:grid;grid-template-columns:1fr 1fr;gap:clamp(1.2rem,4vw,3rem);align-items:start}
.product .price{font-size:1.3rem;color:var(--bark)}
.about{font-size:1.08rem;max-width:44ch}
.few{color:var(--berry);margin:.3em 0}
form{margin:1rem 0}
label{display:block;margin:.7rem 0;font-size:.93rem;color:var(--soft)}
input,select,textarea{font:inherit;color:var(--bark);width:100%;padding:.55rem .7rem;
  border:1px solid #b9ad9b;border-radius:.5rem;background:#fff;display:block;margin-top:.2rem}
input[type=number]{width:6rem}
.search input{margin:0}
.search label{margin:0}
button,.button{font:inherit;font-weight:600;cursor:pointer;border:0;border-radius:.55rem;
  background:var(--larch);color:#fff;padding:.65rem 1.3rem;text-decoration:none;
  display:inline-block}
button:hover,.button:hover{background:#234935}
button.quiet{background:transparent;color:var(--larch);border:1px solid #a9bfae;
  padding:.45rem .9rem;font-weight:400}
button:disabled{opacity:.5}
:focus-visible{outline:3px solid #d89b2b;outline-offset:2px}
.fine{font-size:.88rem;color:var(--soft)}
.notice{background:var(--moss);border-left:4px solid var(--larch);padding:.7rem 1rem;
  border-radius:.3rem;margin:0 0 1.2rem}
.lines{width:100%;border-collapse:collapse}
.lines th,.lines td{text-align:left;padding:.55rem .4rem;border-bottom:1px solid var(--line);
  font-weight:400}
.lines form{margin:0}
.total{text-align:right;font-size:1.1rem}
.two{display:grid;grid-template-columns:1.2fr 1fr;gap:2.4rem}
.two{align-items:start}
.reviews form{max-width:34rem}
.reviews select{width:6rem}
.two aside{background:#f4eee3;border-radius:.9rem;padding:.4rem 1.3rem 1rem}
.two form{margin:0}
.bank{border:2px solid var(--larch);border-radius:.9rem;padding:.2rem 1.2rem 1.2rem;
  background:#fff;max-width:26rem}
.bank button{margin-right:.6rem}
.status{font-size:1.1rem;color:var(--larch)}
.orders{list-style:none;padding:0}
.orders li{display:flex;gap:1rem;padding:.6rem 0;border-bottom:1px solid var(--line)}
.orders b{margin-left:auto}
.reviews{border-top:1px solid var(--line);margin-top:2.4rem}
blockquote{margin:0 0 1rem;padding:0}
blockquote b{color:#b07a16;letter-spacing:.1em}
blockquote p{margin:.1em 0}
.gift code{font-size:1.1em;background:var(--moss);padding:.2em .5em;border-radius:.3em}
footer{border-top:1px solid var(--line);padding:1.2rem clamp(1rem,4vw,3rem);font-size:.88rem;
  color:var(--soft);display:flex;justify-content:space-between;flex-wrap:wrap;gap:.4rem 2rem}
footer p{margin:0}
@media(max-width:44rem){
  .hero,.product,.two{grid-template-columns:1fr}
  .shelf{grid-template-columns:repeat(2,1fr);gap:1rem}
  nav{margin-left:0}
}
`.replace(/\n */g, '')
