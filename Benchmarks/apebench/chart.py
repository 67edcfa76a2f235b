"""A chart of lines as SVG, on paper and on dark screens."""

import html
import math

WIDTH, HEIGHT = 720, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 48, 52
COLOURS = ("#1f77b4", "#d95f02", "#7b3fa0", "#2a8f57")
STYLE = """text { font: 12px system-ui, sans-serif; fill: #333 } .title { font-size: 15px; font-weight: 600 }
.grid { stroke: #ddd } .axis { stroke: #777 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .grid { stroke: #444 } .axis { stroke: #999 } }"""


def nice_step(greatest):
    """A round distance between some five marks."""
    raw = greatest / 5
    power = 10 ** math.floor(math.log10(raw))
    return next(power * n for n in (1, 2, 5, 10) if power * n >= raw)


def number(value):
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:g}"


def lines(title, x_label, y_label, xs, series, scale=math.log):
    """A chart of lines.

    xs: the marks of the lower axis, rising and positive. series: by name, the values at each of xs. scale: how far right a
    mark stands.
    """
    greatest = max(value for values in series.values() for value in values)
    step = nice_step(greatest)
    top = step * math.ceil(greatest / step)
    low, high = scale(xs[0]), scale(xs[-1])

    def x(value):
        share = (scale(value) - low) / (high - low) if high > low else 0.5
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(value):
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)

    def text(at_x, at_y, words, anchor="middle", kind="", colour=""):
        styled = (f' class="{kind}"' if kind else "") + (f' style="fill: {colour}"' if colour else "")
        return f'<text x="{at_x:.0f}" y="{at_y:.0f}" text-anchor="{anchor}"{styled}>{html.escape(words)}</text>'

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{html.escape(title)}</title>",
        f"<style>{STYLE}</style>",
        text(LEFT, 24, title, "start", "title"),
        text(LEFT, TOP - 8, y_label, "start"),
        text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x_label),
    ]
    for index in range(round(top / step) + 1):
        level = y(index * step)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{level:.0f}" y2="{level:.0f}"/>')
        parts.append(text(LEFT - 8, level + 4, number(index * step), "end"))
    parts += [text(x(mark), HEIGHT - BOTTOM + 18, number(mark)) for mark in xs]
    floor = HEIGHT - BOTTOM
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{floor}" y2="{floor}"/>')
    for (name, values), colour in zip(series.items(), COLOURS):
        points = [(x(mark), y(value)) for mark, value in zip(xs, values)]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{path}"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in points]
        parts.append(text(points[-1][0] + 10, points[-1][1] + 4, name, "start", "", colour))
    return "\n".join([*parts, "</svg>", ""])
