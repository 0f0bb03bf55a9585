"""The figures of the engine on made countries: tables for people, CSV for machines, a curve as SVG."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from singlewindow.demo.country.judging import (
    SHARES,
    Judged,
    Point,
    adaptation,
    by_chance,
    curve,
    curve_of_loss,
    highest,
    mean,
    point_of,
)
from singlewindow.demo.country.truth import FraudKind
from singlewindow.demo.engine import BEGIN_DAYS

Runs = Mapping[tuple[int, str], Sequence[Judged]]
WIDTH, HEIGHT, EDGE = 640, 400, 56


def report(runs: Runs, *, arms: Sequence[str], begins: int, out: Path | None) -> None:
    """Print the tables of the curve, of what was decided, and of the new kind; write the curve where wished."""
    seeds = sorted({seed for seed, _ in runs})
    settled = {seed: _between(runs[seed, arms[0]], BEGIN_DAYS, begins) for seed in seeds}
    points = {seed: curve(judged) for seed, judged in settled.items()}
    means = [mean([points[seed][place] for seed in seeds]) for place in range(len(SHARES))]
    _print_curve(settled, points, means, seeds)
    _print_decided(settled, seeds)
    _print_adaptation(runs, seeds, arms, begins)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        _write_csv(out / "made-country-curve.csv", points, seeds)
        (out / "made-country-curve.svg").write_text(drawn(means, points), encoding="utf-8")


def _between(judged: Sequence[Judged], first: int, last: int) -> list[Judged]:
    return [one for one in judged if first <= one.day < last]


def _print_curve(
    settled: Mapping[int, Sequence[Judged]],
    points: Mapping[int, Sequence[Point]],
    means: Sequence[Point],
    seeds: Sequence[int],
) -> None:
    print(
        "\n| inspected | released | fraud found | least to most | lift | revenue found "
        "| by expected loss: fraud, revenue |"
    )
    print("|---|---|---|---|---|---|---|")
    losses = {seed: curve_of_loss(settled[seed]) for seed in seeds}
    for place, point in enumerate(means):
        each = sorted(points[seed][place].fraud_found for seed in seeds)
        loss = mean([losses[seed][place] for seed in seeds])
        released = f"{point.inspected:.1%} | {point.released:.1%} | {point.fraud_found:.1%}"
        spread = f"{each[0]:.1%} to {each[-1]:.1%} | {point.lift:.1f} | {point.revenue_found:.1%}"
        print(f"| {released} | {spread} | {loss.fraud_found:.1%}, {loss.revenue_found:.1%} |")
    chance = mean([by_chance(settled[seed], 0.1) for seed in seeds])
    print(f"\nPicks by chance at 10 %: {chance.fraud_found:.1%} of the fraud.")


def _print_decided(settled: Mapping[int, Sequence[Judged]], seeds: Sequence[int]) -> None:
    print("\n| seed | declarations | false | released | fraud inspected | lift | at 10 % by score: lift |")
    print("|---|---|---|---|---|---|---|")
    for seed in seeds:
        judged, point = settled[seed], point_of(settled[seed])
        false = sum(one.kind is not None for one in judged)
        tenth = curve(judged, (0.1,))[0]
        print(
            f"| {seed} | {len(judged)} | {false} | {point.released:.1%} | {point.fraud_found:.1%} "
            f"| {point.lift:.1f} | {tenth.lift:.1f} |"
        )
    print("\n| kind | declarations | inspected at 10 % by score |")
    print("|---|---|---|")
    taken = [one for seed in seeds for one in highest(settled[seed], 0.1)]
    everything = [one for seed in seeds for one in settled[seed]]
    for kind in FraudKind:
        count = sum(one.kind is kind for one in everything)
        if count:
            print(f"| {kind.value} | {count} | {sum(one.kind is kind for one in taken) / count:.0%} |")


def _print_adaptation(runs: Runs, seeds: Sequence[int], arms: Sequence[str], begins: int) -> None:
    print("\n| seed | exploration | of the kind | inspected of them | inspected of all | times | adapted |")
    print("|---|---|---|---|---|---|---|")
    for seed in seeds:
        for arm in arms:
            found = adaptation(runs[seed, arm], FraudKind.SUBSTITUTION, begins=begins)
            print(
                f"| {seed} | {arm} | {found.of_kind} | {found.kind_rate:.1%} | {found.rate:.1%} | {found.times:.1f} "
                f"| {'yes' if found.adapted else 'no'} |"
            )


def _write_csv(path: Path, points: Mapping[int, Sequence[Point]], seeds: Sequence[int]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("seed", "inspected", "released", "fraud_found", "revenue_found"))
        for seed in seeds:
            for point in points[seed]:
                values = (point.inspected, point.released, point.fraud_found, point.revenue_found)
                writer.writerow((seed, *(f"{value:.4f}" for value in values)))


def drawn(means: Sequence[Point], points: Mapping[int, Sequence[Point]]) -> str:
    """The share released against the share of fraud inspected: a line a seed, and the mean over it."""
    lines = [f'<polyline class="seed" points="{_path(each)}"/>' for _, each in sorted(points.items())]
    lines.append(f'<polyline class="mean" points="{_path(means)}"/>')
    lines.append(f'<line class="chance" x1="{_x(1)}" y1="{_y(0)}" x2="{_x(0.6)}" y2="{_y(0.4)}"/>')
    below = HEIGHT - EDGE + 20
    lines += [
        f'<text x="{_x(released)}" y="{below}" text-anchor="middle">{released:.0%}</text>'
        for released in (0.6, 0.7, 0.8, 0.9, 1.0)
    ]
    for found in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        lines.append(f'<text x="{EDGE - 8}" y="{_y(found) + 4}" text-anchor="end">{found:.0%}</text>')
        lines.append(f'<line class="grid" x1="{EDGE}" y1="{_y(found)}" x2="{WIDTH - 16}" y2="{_y(found)}"/>')
    title = "Share released without a human against share of planted fraud inspected"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">\n'
        "<style>text{font:12px sans-serif;fill:#333}.grid{stroke:#ddd}.seed{fill:none;stroke:#9bb;stroke-width:1}"
        ".mean{fill:none;stroke:#036;stroke-width:3}.chance{stroke:#a33;stroke-dasharray:5 4}</style>\n"
        f'<text x="{EDGE}" y="24">{title}: each world, their mean, and chance (dashed)</text>\n'
        + "\n".join(lines)
        + "\n</svg>\n"
    )


def _path(points: Sequence[Point]) -> str:
    whole = [Point(0.0, 0.0, 0.0), *points]
    return " ".join(f"{_x(point.released)},{_y(point.fraud_found)}" for point in whole)


def _x(released: float) -> float:
    """From 60 % released at the left to 100 % at the right."""
    return round(EDGE + (released - 0.6) / 0.4 * (WIDTH - EDGE - 16), 1)


def _y(found: float) -> float:
    return round(HEIGHT - EDGE - found * (HEIGHT - EDGE - 40), 1)
