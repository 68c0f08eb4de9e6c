/** Style of every page: colours for light and dark, type, buttons, fields, badges. Contrast is AA in both themes. */
export const baseStyle = `
:root{color-scheme:light dark;--bg:#f3f5f7;--card:#fff;--ink:#14191f;--soft:#525c68;--line:#d5dbe2;--edge:#7c8794;
--accent:#0a58a8;--on-accent:#fff;--red:#a9201a;--red-bg:#fdeceb;--amber:#7a4a00;--amber-bg:#fff3dd;--green:#17653a;--green-bg:#e6f4eb;
--blue-bg:#e9f1fa;--purple:#6527a8;--purple-bg:#f2eafb;--p1:#a9201a;--p2:#a34100;--p3:#7d5a00;--p4:#22588f;--p5:#545f6b}
@media(prefers-color-scheme:dark){:root{--bg:#0e1216;--card:#171c22;--ink:#e8ecf1;--soft:#a7b1bd;--line:#2e3640;--edge:#7e8a98;
--accent:#86bdf8;--on-accent:#062240;--red:#ffa29a;--red-bg:#37191a;--amber:#f3c169;--amber-bg:#332711;--green:#83d6a3;--green-bg:#122c1d;
--blue-bg:#142638;--purple:#cda8f8;--purple-bg:#281a3b;--p1:#c22f27;--p2:#ad4a06;--p3:#83610a;--p4:#2f69a6;--p5:#5c6774}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-bottom:9rem}
body{margin:0;background:var(--bg);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0;letter-spacing:-.01em}
h2{font-size:1.0625rem;line-height:1.3;margin:0 0 .625rem}
h3{font-size:1rem;margin:1rem 0 .25rem}
p{margin:.5rem 0}
a{color:var(--accent);text-underline-offset:.15em}
time{font-variant-numeric:tabular-nums}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:.5rem;top:.5rem;z-index:9;background:var(--card);padding:.75rem 1rem}
.soft{color:var(--soft)}
.small{font-size:.875rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem;margin:0 0 .875rem}
.card>:last-child{margin-bottom:0}
.card>:first-child{margin-top:0}
.tags{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:0}
.tag{display:inline-flex;align-items:center;gap:.375rem;padding:.125rem .5rem;border-radius:6px;font-size:.8125rem;font-weight:650;border:1px solid var(--edge);white-space:nowrap}
.tag.p1,.tag.p2,.tag.p3,.tag.p4,.tag.p5,.tag.drill{color:#fff;border-color:transparent;letter-spacing:.02em}
.tag.p1{background:var(--p1)}.tag.p2{background:var(--p2)}.tag.p3{background:var(--p3)}.tag.p4{background:var(--p4)}.tag.p5{background:var(--p5)}
.tag.drill{background:#6527a8}
.bad{color:var(--red);border-color:var(--red);background:var(--red-bg)}
.warn{color:var(--amber);border-color:var(--amber);background:var(--amber-bg)}
.good{color:var(--green);border-color:var(--green);background:var(--green-bg)}
.note{border:1px solid;border-left-width:6px;border-radius:8px;padding:.625rem .875rem;margin:0 0 .875rem}
.note>*{margin:.25rem 0}
.note.info{background:var(--blue-bg);border-color:var(--accent)}
dl{display:grid;grid-template-columns:minmax(6.5rem,auto) 1fr;gap:.375rem .875rem;margin:0}
dt{color:var(--soft)}
dd{margin:0;min-width:0}
dd>ul{margin:0;padding-left:1.1rem}
ul.plain,ol.plain{list-style:none;margin:0;padding:0}
.plain>li+li{border-top:1px solid var(--line);padding-top:.5rem;margin-top:.5rem}
pre,code{font:.875rem/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre,.prose{white-space:pre-wrap;margin:.25rem 0}
pre{background:var(--bg);border:1px solid var(--line);border-radius:8px;padding:.625rem .75rem}
summary{cursor:pointer;color:var(--accent);padding:.625rem 0;min-height:2.75rem}
label,legend{display:block;font-weight:600;margin:.75rem 0 .25rem;padding:0}
.hint{font-weight:400;color:var(--soft);font-size:.875rem;display:block}
input:not([type=hidden]),select,textarea{font:inherit;color:inherit;width:100%;min-height:2.75rem;padding:.5rem .75rem;background:var(--card);border:1px solid var(--edge);border-radius:8px}
textarea{min-height:5.5rem;resize:vertical;display:block}
[aria-invalid=true]{border:2px solid var(--red)!important}
.error{color:var(--red);font-weight:600;margin:.25rem 0}
button,.btn{font:inherit;font-weight:650;line-height:1.2;min-height:2.75rem;padding:.625rem 1rem;border-radius:10px;border:1px solid var(--edge);background:var(--card);color:var(--ink);cursor:pointer;text-decoration:none;display:inline-flex;align-items:center;justify-content:center;text-align:center}
button:hover,.btn:hover{border-color:var(--ink)}
.main{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
.danger{color:var(--red);border-color:var(--red)}
.row{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
.inline{margin-top:.75rem;display:flex;flex-wrap:wrap;gap:.5rem;align-items:end}
.inline>div{flex:1 1 12rem}
.inline label{margin-top:0}
.drillbar{background:#6527a8;color:#fff;font-weight:700;text-align:center;padding:.375rem 1rem}
body.drill{border:6px solid #6527a8;border-top:0;min-height:100vh}
`;

/** Link pages only: one column, the decision in reach of the thumb. */
export const linkStyle = `
.sheet{max-width:38rem;margin:0 auto;padding:.75rem 1rem 1.5rem}
.brand{display:flex;justify-content:space-between;gap:.5rem;flex-wrap:wrap;color:var(--soft);font-size:.875rem;margin-bottom:.75rem}
.brand b{color:var(--ink)}
.you{margin:0 0 .25rem}
.you summary{display:inline-flex;align-items:center;padding:0 .25rem}
.you summary::-webkit-details-marker{display:none}
.act{background:var(--bg);border-top:1px solid var(--line);padding:.75rem 0;display:grid;grid-template-columns:1fr 1fr;gap:.625rem}
.act>:nth-child(2):last-child,.act>:only-child{grid-column:1/-1}
.act .main{grid-column:1/-1;min-height:3.75rem;font-size:1.1875rem}
@media(min-height:34rem){.act.stay{position:sticky;bottom:0}}
del{background:var(--red-bg);color:var(--red)}
ins{background:var(--green-bg);color:var(--green);text-decoration:none;border-bottom:2px solid}
.log{list-style:none;margin:0;padding:0}
.log li{padding:.25rem 0}
.log>li>time{color:var(--soft);font-size:.875rem}
`;

/** The signed-in pages. */
export const appStyle = `
.top{background:var(--card);border-bottom:1px solid var(--line)}
.top>div,.wrap{max-width:76rem;margin:0 auto;padding:0 1rem}
.top>div{display:flex;flex-wrap:wrap;align-items:center;gap:0 1rem;padding-top:.25rem;padding-bottom:.25rem}
.top form{margin:0}
.logo{font-weight:800;font-size:1.125rem;color:var(--ink);text-decoration:none;min-height:2.75rem;display:inline-flex;align-items:center;letter-spacing:-.01em}
nav ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap}
nav a{display:inline-flex;align-items:center;min-height:2.75rem;padding:0 .75rem;color:var(--ink);text-decoration:none;border-bottom:3px solid transparent}
nav a:hover{border-color:var(--line)}
nav a[aria-current]{border-color:var(--accent);font-weight:650}
.me a{display:inline-flex;align-items:center;min-height:44px;min-width:44px}
.me{margin-left:auto;display:flex;align-items:center;gap:.75rem}
.me button{min-height:2.75rem;padding:.25rem .75rem;font-weight:500;border-color:transparent;color:var(--accent);background:none}
.bar{padding:.75rem 1rem;text-align:center;font-weight:650}
.bar a{color:inherit;display:inline-block;min-height:2.75rem;padding:.625rem 0;margin:-.375rem 0}
.bar.paged{background:#a9201a;color:#fff}
.bar.degraded{background:var(--amber-bg);color:var(--amber);border-bottom:1px solid}
main.wrap{padding-top:1.25rem;padding-bottom:2rem}
@media(max-width:40rem){nav{order:1;flex-basis:100%;margin:0 -.75rem}}
@media(min-width:62rem){.wide-facts{grid-template-columns:auto 1fr auto 1fr}}
.head{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center;justify-content:space-between;margin-bottom:1rem}
.head h1{margin:0}
.list{list-style:none;margin:0;padding:0}
.item{background:var(--card);border:1px solid var(--line);border-left:6px solid var(--edge);border-radius:12px;padding:.75rem 1rem;margin:0 0 .625rem;display:grid;gap:.25rem 1rem}
.item.triggered,.edge.triggered{border-left-color:var(--red)}
.item.acknowledged,.edge.acknowledged{border-left-color:var(--p3)}
.item.resolved,.edge.resolved{border-left-color:var(--green)}
.item.closed,.edge.closed{border-left-color:var(--edge)}
.item.drill{outline:2px solid #6527a8;outline-offset:-1px}
.item h2,.item h3{margin:0;font-size:1.0625rem}
.item h2 a,.item h3 a{display:inline-block;padding:.5rem 0;margin:-.25rem 0}
.item .meta{display:flex;flex-wrap:wrap;gap:.125rem 1.25rem;color:var(--soft);font-size:.9375rem;margin:0}
.edge{border-left:6px solid var(--edge)}
.cols{display:grid;gap:0 1.25rem;grid-template-columns:minmax(0,1fr)}
@media(min-width:62rem){.cols{grid-template-columns:minmax(0,1.7fr) minmax(19rem,1fr);grid-template-rows:auto 1fr;align-items:start}
.cols>.side{grid-column:2;grid-row:1/span 2}
.item{grid-template-columns:minmax(0,1fr) auto;align-items:center}.item>.tags{grid-column:1/-1}}
.forms{display:grid;gap:0 1.25rem;grid-template-columns:repeat(auto-fit,minmax(min(19rem,100%),1fr));align-items:start}
.state{white-space:nowrap}
.wide{max-width:46rem}
.log{list-style:none;margin:0;padding:0 0 0 1.125rem;border-left:2px solid var(--line)}
.log>li{position:relative;padding:.375rem 0}
.log>li::before{content:"";position:absolute;left:calc(-1.125rem - 5px);top:.8125rem;width:8px;height:8px;border-radius:50%;background:var(--card);border:2px solid var(--edge)}
.log>li.key::before{background:var(--accent);border-color:var(--accent)}
.log>li.bad-dot::before{background:var(--p1);border-color:var(--p1)}
.log>li.good-dot::before{background:var(--green);border-color:var(--green)}
.log>li>time{display:block;color:var(--soft);font-size:.875rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
th,td{text-align:left;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600}
@media(max-width:40rem){table.fold,table.fold tbody,table.fold tr,table.fold td{display:block}table.fold thead{position:absolute;left:-99rem}
table.fold tr{border-bottom:1px solid var(--line);padding:.5rem 0}table.fold td{border:0;padding:.0625rem 0}
table.fold td[data-th]::before{content:attr(data-th) ": ";color:var(--soft)}}
fieldset{border:0;border-top:1px solid var(--line);margin:.75rem 0 0;padding:.5rem 0 0;min-width:0}
legend{float:left;width:100%;margin:0;color:var(--soft)}
legend~*{clear:both}
details.more{border-top:1px solid var(--line);margin-top:.5rem}
.letter{border-left:6px solid var(--edge)}
.letter.unread{border-left-color:var(--accent)}
.letter summary{padding:.375rem 0}
.strip{display:block;width:100%;height:auto;font-size:13px}
.strip .day{stroke:var(--line)}.strip .day-name{fill:var(--soft);font-size:12px}.strip .present{stroke:var(--red);stroke-width:2}
.strip rect{stroke:var(--card);stroke-width:1}.strip .over{stroke:var(--ink);stroke-width:2;stroke-dasharray:4 3}
.strip .name{fill:#fff;font-weight:650}.strip .gap-name{fill:var(--red);font-weight:700;paint-order:stroke;stroke:var(--card);stroke-width:4px}
.strip .gap{stroke:var(--red);stroke-width:2}.strip .hatch-ground{fill:var(--red-bg);stroke:none}.strip .hatch-line{fill:var(--red);stroke:none;opacity:.45}
.tone-0{fill:#22588f}.tone-1{fill:#17653a}.tone-2{fill:#6527a8}.tone-3{fill:#8a4b00}.tone-4{fill:#9b2160}.tone-5{fill:#545f6b}
.strip-of+.strip-of{border-top:1px solid var(--line)}
@media(max-width:40rem){.strip,.wide-only{display:none}}
@media(min-width:40.01rem){.narrow-only{display:none}}
.foot{color:var(--soft);font-size:.875rem;padding:0 1rem 2rem}
.nowrap{white-space:nowrap}
a.reach{display:inline-block;padding:.625rem 0;margin:-.625rem 0;min-height:2.75rem}
caption{text-align:left;padding:.75rem 0 .25rem}
#proposal{font:.875rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
svg.picture{display:block;width:100%;height:auto;margin:.75rem 0;font:13px system-ui,sans-serif;fill:var(--ink)}
svg.picture .rail{stroke:var(--line);stroke-width:2}
svg.picture .dot{fill:var(--accent)}
svg.picture .in{fill:var(--on-accent);font-size:11px;font-weight:700}
svg.picture .tick{fill:var(--soft);font-size:12px}
svg.picture .answer{stroke:var(--green);stroke-width:3}
svg.bars{display:block;width:100%;max-width:15rem;height:1.375rem;margin-top:.25rem}
svg.bars .was{fill:var(--edge)}
svg.bars .is{fill:var(--accent)}
@media(max-width:40rem){svg.picture{display:none}}
.center{max-width:30rem;margin:6vh auto;padding:0 1rem}
`;

/** One line, without the whitespace of the source. */
export const minified = (css: string): string => css.replace(/\n+/g, '').trim();
