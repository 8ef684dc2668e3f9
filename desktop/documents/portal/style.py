"""How a client's page looks, in light, in dark and on paper, and the few lines that copy a text where scripts run."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--ink:#1b1f27;--quiet:#596273;--line:#dfe3ea;--accent:#1f5fbf;
--late:#a8200d;--late-soft:#fdeeea;--done:#1c6b3a}
@media (prefers-color-scheme:dark){:root{--page:#15181d;--card:#1d2127;--ink:#e8ebf0;--quiet:#a3adbd;--line:#343b46;
--accent:#8ab4f8;--late:#ff9d8a;--late-soft:#3a211d;--done:#7fd6a0}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans",
"Noto Sans Devanagari",sans-serif;font-variant-numeric:tabular-nums}
header,main,footer{max-width:64rem;margin-inline:auto;padding-inline:1.25rem}
header{padding-block:2rem .5rem;display:flex;gap:1.5rem;align-items:flex-start;justify-content:space-between;
flex-wrap:wrap}
header img{max-height:4rem;max-width:14rem;background:#fff;border-radius:.4rem;padding:.3rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .4rem}
h2{font-size:1.15rem;margin:0 0 .75rem}
h3{font-size:1rem;margin:0 0 .5rem}
p{margin:0 0 .5rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem;margin-block:1rem}
.quiet{color:var(--quiet)}
.late{color:var(--late);font-weight:600}
.done{color:var(--done)}
.figures{display:flex;flex-wrap:wrap;gap:1rem 2.5rem;margin:0 0 1.25rem}
.figures dt{color:var(--quiet);font-size:.875rem}
.figures dd{margin:0;font-size:1.35rem;font-weight:600}
.wide{overflow-x:auto}
.wide+.wide{margin-block-start:1rem}
table{border-collapse:collapse;width:100%}
caption{text-align:start;font-weight:600;padding-block-end:.4rem}
th,td{padding:.45rem .6rem;text-align:start;vertical-align:top;border-block-end:1px solid var(--line)}
th{font-size:.875rem;font-weight:600;color:var(--quiet)}
td.money,th.money{text-align:end;white-space:nowrap}
td.day{white-space:nowrap}
tbody tr:last-child td,tbody tr:last-child th{border-block-end:0}
tfoot td,tfoot th{border-block-start:2px solid var(--line);border-block-end:0;font-weight:600;color:inherit;
font-size:inherit}
tbody th{font-size:inherit;color:inherit}
small{display:block;color:var(--quiet)}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.ways{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:1rem;margin-block-start:1rem}
.way{border:1px solid var(--line);border-radius:.6rem;padding:1rem;break-inside:avoid}
.way.due{background:var(--late-soft)}
.code{width:11rem;max-width:100%;height:auto;display:block;border-radius:.35rem;margin-block:.25rem .75rem}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:0}
.way dl.facts{display:block}
.way dl.facts dt{font-size:.875rem;margin-block-start:.35rem}
dl.facts dt{color:var(--quiet)}
dl.facts dd{margin:0;overflow-wrap:anywhere}
button{font:inherit;font-size:.8rem;margin-inline-start:.5rem;padding:.05rem .5rem;border:1px solid var(--line);
border-radius:.35rem;background:transparent;color:var(--accent);cursor:pointer}
[hidden]{display:none}
footer{padding-block:.5rem 2.5rem;color:var(--quiet);font-size:.875rem}
@media (max-width:40rem){header,main,footer{padding-inline:.75rem}section{padding:1rem .75rem}
th,td{padding:.35rem .4rem}}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--quiet:#444;--line:#bbb;--accent:#000;
--late:#000;--late-soft:#fff;--done:#000}body{font-size:10pt}button{display:none}
section{border:0;padding:0;margin-block:1.2rem}h2,caption{break-after:avoid}tr{break-inside:avoid}
thead{display:table-header-group}tfoot{display:table-row-group}small{display:inline;margin-inline-start:.6em}
.ways{grid-template-columns:repeat(3,1fr);gap:.6rem}.way{padding:.5rem .6rem;font-size:9pt}
.way h3,.code{margin-block:0 .2rem}.way dl.facts{display:grid;gap:0 .6rem}.way dl.facts dt{font-size:inherit;margin:0}
.code{width:4cm}header,main,footer{max-width:none;padding-inline:0}}
"""

SCRIPT: Final = """
for(const b of document.querySelectorAll('button[data-copy]')){b.hidden=false;const was=b.textContent;
b.addEventListener('click',async()=>{try{await navigator.clipboard.writeText(b.dataset.copy)}catch{
const t=document.createElement('textarea');t.value=b.dataset.copy;document.body.append(t);t.select();
document.execCommand('copy');t.remove();b.focus()}b.textContent=b.dataset.done;
setTimeout(()=>{b.textContent=was},1500)})}
"""


def _digest(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


POLICY: Final = (
    f"default-src 'none'; img-src data:; style-src 'sha256-{_digest(STYLE)}'; script-src 'sha256-{_digest(SCRIPT)}';"
    " base-uri 'none'; form-action 'none'"
)
"""Nothing is fetched, and nothing runs but these very lines, whatever a text of the book says."""
