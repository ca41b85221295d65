/** Style of the report; colours and type are the project's tokens, which stand before it. */
export const REPORT_STYLE = `
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:400 var(--step-0)/1.5 var(--text)}
body{margin:0}
main,footer{width:min(68rem,100% - 2*var(--edge));margin-inline:auto}
main{padding-block:calc(4*var(--u)) calc(8*var(--u))}
.mark{font:600 var(--step--1)/1 var(--mono);display:inline-block;margin:0 0 calc(2*var(--u));padding:.45em 1em;background:var(--strip);color:var(--strip-ink);clip-path:var(--ends)}
h1,h2,h3{font-family:var(--display);line-height:1.1;text-wrap:balance;margin:0}
h1{font-size:var(--step-4);font-weight:780;letter-spacing:-.02em}
h2{font-size:var(--step-2);font-weight:720;margin:calc(6*var(--u)) 0 calc(2*var(--u))}
h3{font-size:var(--step-1);font-weight:700}
.lede{margin:calc(2*var(--u)) 0 0;color:var(--muted);max-width:60ch;overflow-wrap:anywhere}
.figures{display:flex;flex-wrap:wrap;gap:0;margin:calc(3*var(--u)) 0 0;border:var(--edge-line);border-radius:var(--label);background:var(--sheet)}
.figures div{flex:1 1 8rem;padding:calc(1.5*var(--u)) calc(2*var(--u));border-inline-end:var(--line)}
.figures div:last-child{border:0}
.figures dt{font-size:var(--step--1);color:var(--muted)}
.figures dd{margin:0;font:700 var(--step-2)/1.2 var(--display);font-variant-numeric:tabular-nums}
.figures .incidents dd{color:var(--signal)}
.plot{margin:0;padding:calc(2*var(--u));background:var(--sheet);border:var(--edge-line);border-radius:var(--label);overflow-x:auto}
.plot svg{display:block;width:100%;min-width:34rem;height:auto}
.bar{fill:var(--sea)}.bar.beyond{fill:url(#hatch);stroke:var(--signal);stroke-width:1.5}
.hatch-back{fill:var(--sheet)}.hatch-line{fill:var(--signal)}
.grid{stroke:var(--rule)}.budget{stroke:var(--signal);stroke-width:2;stroke-dasharray:7 4}
.tick{font:400 13px var(--mono);fill:var(--muted)}.label{font:700 15px var(--text);fill:var(--signal)}
.note{color:var(--muted);font-size:var(--step--1);max-width:70ch}
.stub{background:var(--sheet);border:var(--edge-line);border-inline-start:8px solid var(--amber);border-radius:var(--label);padding:calc(2.5*var(--u));margin-bottom:calc(2.5*var(--u));break-inside:avoid}
.stub.grave{border-inline-start-color:var(--signal)}
.head{display:grid;grid-template-columns:1fr auto;gap:.2rem calc(2*var(--u));align-items:baseline}
.head p{margin:0}.head h3{grid-column:1}
.severity{justify-self:end;grid-column:2;grid-row:1;font:700 var(--step--1)/1 var(--text);color:var(--amber);border:1.5px solid;border-radius:var(--label);padding:.35em .7em}
.severity::before{content:"▲ "}.grave .severity{color:var(--signal)}
.who{grid-column:1}.when{grid-column:2;text-align:end;font:400 var(--step--1) var(--mono);color:var(--muted)}
code{font:500 .92em var(--mono)}
.kinds{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;padding:0;margin:calc(1.5*var(--u)) 0 0;font-size:var(--step--1)}
.kinds li{border:1.5px solid var(--ink);border-radius:var(--label);padding:.15em .6em}
.kinds .saw{background:var(--ink);color:var(--sheet);font-weight:650}
.kinds .silent{border:1px dashed var(--muted);color:var(--muted)}
.kinds span{font-style:italic}
.why{margin:calc(1.5*var(--u)) 0 0;padding-inline-start:1.2em;font-size:var(--step--1)}
.why:empty{display:none}
table{width:100%;border-collapse:collapse;margin-top:calc(1.5*var(--u));font:400 13px/1.5 var(--mono);table-layout:fixed}
caption{text-align:start;font:650 var(--step--1) var(--text);padding-bottom:.3em}
th{width:4.6rem;text-align:end;padding:.3em .9em .3em 0;color:var(--muted);font-weight:400;vertical-align:top}
td{padding:.3em 0;overflow-wrap:anywhere;vertical-align:top}
tr{border-top:var(--line)}
.reason{color:var(--kraft-ink)}
footer{border-top:var(--line);padding-block:calc(2*var(--u));color:var(--muted);font-size:var(--step--1)}
@media screen and (max-width:40rem){.head{grid-template-columns:1fr}.severity,.when,.who,.head h3{grid-column:1;grid-row:auto;justify-self:start}th{width:3.4rem}.stub{padding:calc(1.5*var(--u))}}
@media print{:root,:root[data-theme]{color-scheme:light;--paper:#fff;--sheet:#fff}html{font-size:10pt}main,footer{width:100%}.bar.beyond{stroke:#000}h2{break-after:avoid}}
`
