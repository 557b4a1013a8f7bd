"""The picture of a soak: latency of capture and memory over time, with every kill. An SVG."""

from collections.abc import Mapping, Sequence

WIDE, LEFT, RIGHT, HIGH, GAP, TOP = 820, 60, 80, 150, 60, 50
COLOURS = {"p50": "#2a6fb0", "p99": "#c23b2e", "web": "#2a6fb0", "worker": "#7a5195"}

Line = Sequence[tuple[float, float]]


def picture(
    latency: Sequence[tuple[float, float, float]],
    memory: Sequence[tuple[float, Mapping[str, float]]],
    kills: Sequence[tuple[float, str]],
) -> str:
    """`latency`: (seconds, p50, p99 in ms); `memory`: (seconds, MB by process); `kills`: (seconds, part)."""
    end = max([at for at, *_ in latency] + [at for at, _ in memory])
    names = sorted({name for _, each in memory for name in each})
    of_memory = {name: [(at, each[name]) for at, each in memory if name in each] for name in names}
    of_latency = {"p50": [(at, p50) for at, p50, _ in latency], "p99": [(at, p99) for at, _, p99 in latency]}
    high = TOP + 2 * HIGH + GAP + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high}" font-family="sans-serif">',
        "<title>Latency of capture and memory of processes under mixed load with random kills</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="16" font-size="13" fill="#444444">Grey strokes: {len(kills)} kills of web, worker, database '
        "or broker.</text>",
        *panel("Capture over HTTP, ms", of_latency, kills, end, TOP),
        *panel(
            "Memory of a web process and a worker that are never killed, MB", of_memory, kills, end, TOP + HIGH + GAP
        ),
    ]
    minutes = round(end / 60)
    for minute in range(0, minutes + 1, max(1, minutes // 8)):
        x = across(minute * 60, end)
        parts.append(
            f'<text x="{x}" y="{high - 14}" font-size="11" text-anchor="middle" fill="#777777">{minute} min</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def across(at: float, end: float) -> float:
    """The place of a moment."""
    return round(LEFT + at / end * (WIDE - LEFT - RIGHT), 1)


def panel(title: str, lines: Mapping[str, Line], kills: Sequence[tuple[float, str]], end: float, top: int) -> list[str]:
    """One chart: its title, its scale from 0, the kills behind, a line for each name."""
    most = max((value for line in lines.values() for _, value in line), default=1.0)
    step = next(unit * 10**power for power in range(6) for unit in (1, 2, 5) if most / (unit * 10**power) <= 4)

    def down(value: float) -> float:
        return round(top + HIGH - value / most * HIGH, 1)

    parts = [f'<text x="{LEFT}" y="{top - 10}" font-size="14" font-weight="bold" fill="#222222">{title}</text>']
    for at, _ in kills:
        parts.append(f'<path d="M{across(at, end)} {top}V{top + HIGH}" stroke="#d9d9d9" stroke-width="1"/>')
    for value in range(0, int(most) + 1, step):
        parts.append(f'<path d="M{LEFT} {down(value)}H{WIDE - RIGHT}" stroke="#eeeeee" stroke-width="1"/>')
        parts.append(
            f'<text x="{LEFT - 6}" y="{down(value) + 4}" font-size="11" text-anchor="end" fill="#777777">{value:,}</text>'
        )
    free = float(top + HIGH + 4)  # a name stands at this height or above
    for name, line in sorted(lines.items(), key=lambda each: each[1][-1][1]):
        points = " ".join(f"{across(at, end)},{down(value)}" for at, value in line)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[name]}" stroke-width="1.6"/>')
        height = min(down(line[-1][1]) + 4, free)
        free = height - 13
        parts.append(f'<text x="{WIDE - RIGHT + 6}" y="{height}" font-size="12" fill="{COLOURS[name]}">{name}</text>')
    return parts
