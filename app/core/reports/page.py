"""How a lab report looks: on a light and on a dark screen, and on paper. The colours are those of the window."""

import base64
import io
from collections.abc import Iterable
from html import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.paths import FAMILIES
from app.core.reports.curves import RUN_COLOURS

_STYLE = """
:root {
  color-scheme: light dark;
  --page: #F6F7F9; --card: #FFFFFF; --line: #E2E5EA; --text: #1B1F24; --muted: #68707C; --accent: #2F63E0;
  --soft: #E7EEFC; --validation: #E07B2E; --best: #2C9A5B; --best-text: #1B7442; --wrong: #B3322B;
  --right-cell: 47 99 224; --wrong-cell: 210 69 61;
  --run-1: #2F63E0; --run-2: #B54A12; --run-3: #17785C; --run-4: #9A3FC4;
  --run-5: #7A6000; --run-6: #C2327A; --run-7: #0C7196; --run-8: #5B6470;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #16181C; --card: #1E2126; --line: #30343B; --text: #E7E9EC; --muted: #98A0AB; --accent: #7BA2FF;
    --soft: #25314F; --validation: #F0A05A; --best: #57C084; --best-text: #57C084; --wrong: #F0776F;
    --right-cell: 123 162 255; --wrong-cell: 240 119 111;
    --run-1: #7BA2FF; --run-2: #F0A05A; --run-3: #4FC3A1; --run-4: #C792EA;
    --run-5: #D9BC4A; --run-6: #F283B5; --run-7: #5CC4E8; --run-8: #AEB6C1;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 32px 16px 48px; background: var(--page); color: var(--text);
  font: 14px/1.5 %FAMILIES%;
  font-variant-numeric: tabular-nums; -webkit-print-color-adjust: exact; print-color-adjust: exact;
}
main { max-width: 900px; margin: 0 auto; }
h1 { margin: 0; font-size: 28px; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 0 0 10px; font-size: 15px; }
h3 { margin: 14px 0 4px; font-size: 13px; color: var(--muted); font-weight: 600; }
p { margin: 0 0 8px; max-width: 75ch; }
.kicker { color: var(--accent); font-weight: 600; margin-bottom: 2px; }
.muted, figcaption { color: var(--muted); }
section > :last-child { margin-bottom: 0; }
table + p, .wide + p { margin-top: 12px; }
header { margin-bottom: 20px; }
header p { max-width: none; }
header .muted { margin-top: 6px; }
section {
  margin: 0 0 16px; padding: 16px 18px; background: var(--card); border: 1px solid var(--line); border-radius: 10px;
}
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 16px; margin: 0 0 16px; }
.tile { padding: 12px 18px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile b { display: block; white-space: nowrap; font-size: 26px; line-height: 1.25; }
.tile:first-child b { color: var(--accent); }
.tile span { color: var(--muted); font-size: 12px; }
.note { white-space: pre-wrap; overflow-wrap: anywhere; }
.tag { display: inline-block; padding: 0 8px; margin-right: 4px; border-radius: 6px; background: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 4px 10px 4px 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--muted); font-size: 12px; }
tbody th { color: var(--text); font-size: inherit; }
tr:last-child > * { border-bottom: 0; }
.number { text-align: right; white-space: nowrap; }
.overview thead th { white-space: nowrap; }
.overview tbody th { min-width: 12em; overflow-wrap: anywhere; }
.settings { table-layout: fixed; }
.settings + .settings { margin-top: 18px; }
.settings thead th { white-space: normal; }
.settings th, .settings td { overflow-wrap: anywhere; min-width: 0; }
.figures { width: auto; min-width: min(100%, 640px); }
.figures .group { text-align: center; }
.figures th + .number.first, .figures .first { padding-left: 28px; }
code {
  font: 12.5px/1.5 ui-monospace, "Cascadia Mono", "SF Mono", Menlo, "DejaVu Sans Mono", monospace;
  overflow-wrap: anywhere;
}
pre { margin: 0; padding: 10px 12px; border-radius: 6px; background: var(--page); white-space: pre-wrap; }
.curves { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 8px 24px; }
svg { width: 100%; height: auto; display: block; }
.chart { font-family: inherit; }
.layers { width: auto; min-width: min(100%, 520px); }
.layers .number { padding-left: 28px; }
.layers td { padding-top: 2px; padding-bottom: 2px; }
.chart .title { fill: var(--text); }
.chart .tick { fill: var(--muted); }
.chart .grid { stroke: var(--line); }
.chart .axis { stroke: var(--muted); }
.chart .train { stroke: var(--accent); }
.chart .val { stroke: var(--validation); }
.chart .train.dot { fill: var(--accent); stroke: none; }
.chart .val.dot { fill: var(--validation); stroke: none; }
%RUNS%
.legend { list-style: none; margin: 8px 0 0; padding: 0; }
.legend li { display: inline-block; margin-right: 20px; overflow-wrap: anywhere; }
.legend .sample { display: inline-block; width: 30px; height: 10px; vertical-align: middle; }
.chart line.best { stroke: var(--best); }
.chart text.best { fill: var(--best-text); }
.diagram { margin-bottom: 12px; break-inside: avoid; }
.diagram svg { width: auto; max-width: 100%; margin: 0 auto; }
.settings { columns: 2; column-gap: 40px; }
.settings > div { break-inside: avoid; }
.settings > div:first-child h3 { margin-top: 0; }
.settings th { white-space: nowrap; }
.settings td:last-child { text-align: right; padding-right: 0; }
.confusion { width: auto; }
.confusion th, .confusion td { padding: 3px 6px; text-align: center; border: 0; min-width: 34px; }
.confusion tbody th { text-align: right; font-weight: 400; white-space: nowrap; padding-right: 10px; }
.confusion td { border: 1px solid var(--card); border-radius: 4px; }
.confusion .zero { color: var(--muted); opacity: 0.45; }
.confusion .diagonal { font-weight: 600; }
.confusion thead .name { font-weight: 400; color: var(--text); font-size: inherit; vertical-align: bottom; }
.confusion .tall { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; }
.examples { display: grid; grid-template-columns: repeat(5, 1fr); gap: 12px; margin: 0 0 8px; }
figure { margin: 0; text-align: center; break-inside: avoid; }
figure img {
  width: 100%; max-width: 112px; aspect-ratio: 1; image-rendering: pixelated; background: #FFFFFF;
  border: 1px solid var(--line); border-radius: 6px;
}
figcaption { font-size: 12px; line-height: 1.35; overflow-wrap: anywhere; }
.is-right figcaption { color: var(--accent); }
.is-wrong figcaption { color: var(--wrong); }
footer { color: var(--muted); font-size: 12px; text-align: center; }
@media (max-width: 560px) {
  .settings { columns: 1; }
  .examples { grid-template-columns: repeat(3, 1fr); }
}
@media print {
  @page { margin: 16mm 14mm; }
  :root { --page: #FFFFFF; }
  body { padding: 0; font-size: 10.5pt; }
  main { max-width: none; }
  section, .tile { border-color: #CCD1D8; break-inside: avoid; }
  section { padding: 10px 14px; margin-bottom: 10px; }
  .tile b { font-size: 20px; }
  .tile { padding: 8px 14px; }
  .tiles { grid-template-columns: repeat(4, 1fr); gap: 10px; margin-bottom: 10px; }
  section.long { break-inside: auto; }
  .curves { grid-template-columns: 1fr 1fr; }
  .wide { overflow: visible; }
  figure img { max-width: 72px; }
  pre { border: 1px solid #CCD1D8; }
  main > * + .run { break-before: page; }
  footer { display: none; }
  h2, h3 { break-after: avoid; }
}
"""

_RUNS = "\n".join(
    f".chart .run-{place} {{ stroke: var(--run-{place}); }}\n"
    f".chart .run-{place}.dot, .chart text.run-{place} {{ fill: var(--run-{place}); stroke: none; }}"
    for place in range(1, len(RUN_COLOURS) + 1)
)

STYLE = _STYLE.replace("%FAMILIES%", FAMILIES).replace("%RUNS%", _RUNS)


# The pieces of HTML that a report is put together from.


def section(title: str, content: str, kind: str = "") -> str:
    """A card with a heading; nothing for no content. `kind` is "long" for what may be broken across pages."""
    return f'<section class="{kind}">\n<h2>{escape(title)}</h2>\n{content}\n</section>' if content else ""


def rows(cells: Iterable[tuple[str, str]]) -> str:
    """A table of two columns: names and values, both plain text. Long words may be broken after an underscore."""
    lines = (
        f"<tr><th>{escape(name)}</th><td>{escape(value).replace('_', '_<wbr>')}</td></tr>" for name, value in cells
    )
    return f"<table><tbody>\n{chr(10).join(lines)}\n</tbody></table>"


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text; nothing for an empty one."""
    return f'<p class="{kind}">{escape(text)}</p>' if text else ""


def picture(image: NDArray[np.uint8], description: str) -> str:
    """A picture (rows, columns) uint8 with ink = 255, inside the page, as dark ink on white paper."""
    content = io.BytesIO()
    Image.fromarray(255 - image).save(content, "PNG", optimize=True)
    data = base64.b64encode(content.getvalue()).decode()
    return f'<img src="data:image/png;base64,{data}" alt="{escape(description)}">'
