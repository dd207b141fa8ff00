"""Bars of milliseconds as SVG, for light and dark pages: it brings its own ground, and its colours follow the reader's scheme."""
import itertools
from html import escape

STYLE = """
  .ground { fill: #ffffff } text { font: 13px sans-serif; fill: #1f2328 } .head { font-weight: bold } .faint { fill: #59636e }
  .peer { fill: #9aa7b4 } .ours { fill: #2f6fde } .tick { stroke: #1f2328; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } text { fill: #e6edf3 } .faint { fill: #9198a1 }
    .peer { fill: #56606b } .ours { fill: #5b95f5 } .tick { stroke: #e6edf3 }
  }"""
WIDTH, LEFT, RIGHT, ROW = 820, 210, 110, 22


def plot(results, title, path, ours="mnv3c"):
    """A group a (model, threads), a bar an engine: its median; a tick at the 10th percentile. Each group has its own scale."""
    parts, y = [f'<text x="16" y="26" class="faint">{escape(title)}</text>'], 40
    for (model, threads), group in itertools.groupby(results, key=lambda f: (f["model"], f["threads"])):
        group = list(group)
        scale = (WIDTH - LEFT - RIGHT) / max((f["median"] for f in group if "median" in f), default=1)
        y += 24
        parts.append(f'<text x="16" y="{y}" class="head">{model}, {threads} thread{"s" if threads > 1 else ""}</text>')
        y += 8
        for f in group:
            name = escape(f.get("version", f["engine"]))
            parts.append(f'<text x="{LEFT - 8}" y="{y + 16}" text-anchor="end">{name}</text>')
            if "median" in f:
                end, tick = LEFT + scale * f["median"], LEFT + scale * f["p10"]
                parts.append(f'<rect x="{LEFT}" y="{y + 3}" width="{end - LEFT:.1f}" height="{ROW - 6}" '
                             f'class="{"ours" if f["engine"] == ours else "peer"}"/>')
                parts.append(f'<line x1="{tick:.1f}" x2="{tick:.1f}" y1="{y + 3}" y2="{y + ROW - 3}" class="tick"/>')
                parts.append(f'<text x="{end + 8:.1f}" y="{y + 16}">{f["median"]:.2f} ms</text>')
            else:
                parts.append(f'<text x="{LEFT}" y="{y + 16}" class="faint">{escape(f["reason"][:80])}</text>')
            y += ROW
    y += 30
    parts.append(f'<text x="16" y="{y - 12}" class="faint">Bar: median, tick: 10th percentile; shorter is faster.</text>')
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}">\n<style>{STYLE}\n</style>\n'
                   f'<rect class="ground" width="{WIDTH}" height="{y}" rx="8"/>\n' + "\n".join(parts) + "\n</svg>\n")
