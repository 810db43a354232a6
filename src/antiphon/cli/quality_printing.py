"""How data quality is printed: bars and a line of blocks for people, CSV for programs that draw."""

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import groupby

import click

from antiphon.catalogue.quality import Count
from antiphon.catalogue.quality_dimensions import POINT_BP, Dimension
from antiphon.cli.printing import printable
from antiphon.record.quality_days import QualityDay
from antiphon.surfaces.provider.quality_reports import DimensionLine, QualityReport, ReleaseQuality

BAR_WIDTH = 20
SPARK_WIDTH = 60
"""Characters: together with their figures they fit a terminal of 80."""

FIXES_SHOWN = 5
WORST_SHOWN = 10

_SPARKS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the beginning of a cell, also where a sender wrote it."""


def print_report(report: QualityReport) -> None:
    """Print what a provider's releases, or everybody's, come to."""
    name = f"of {printable(report.provider)}" if report.provider else "of the catalogue"
    if report.score is None:
        click.echo(f"data quality {name}: no release yet")
        return
    scores = [point.score for point in report.trend if point.score is not None]
    click.echo(f"data quality {name}: {_bold(f'{report.score:.1f}')} of 100, {report.releases:,} releases")
    click.echo(f"{report.trend[0].day}  {draw_sparks(scores)}  today, {report.score - scores[0]:+.1f}")
    _print_dimensions(report.dimensions)
    if report.to_fix:
        click.echo("\nwhat to fix first")
        for line in report.to_fix[:FIXES_SHOWN]:
            amount = f"{line.of - line.have:,} {line.counts}"
            click.echo(f"  {click.style(f'+{line.lost:.2f}', fg='green')}  {line.title}, {amount}: {line.fix}")
    if report.providers:
        click.echo("\nproviders, the worst first")
        for one in report.providers:
            change = "new" if one.score is None or one.score_before is None else f"{one.score - one.score_before:+.1f}"
            click.echo(f"  {one.score:>5.1f}  {change:>5}  {one.releases:>8,} releases  {printable(one.provider)}")
    click.echo("\nthe worst releases")
    for release in report.worst[:WORST_SHOWN]:
        lacks = ", ".join(release.largest_losses) or "nothing"
        click.echo(f"  {release.score:>5.1f}  {release.album_id}  {printable(release.title)}: {lacks}")


def print_release(report: ReleaseQuality) -> None:
    """Print every point a release lacks, and how its score changed."""
    click.echo(f"{_bold(printable(report.title))}  {printable(report.provider)}  {printable(report.release_key)}")
    click.echo(f"data quality: {_bold(f'{report.score:.1f}')} of 100")
    _print_dimensions(report.dimensions)
    click.echo("\nevery point it lacks")
    for loss in report.losses:
        rule = f"{loss.rule}: " if loss.rule else ""
        where = f"{printable(loss.where)}, line {loss.line}" if loss.line and not loss.rule else printable(loss.where)
        click.echo(f"  {click.style(f'{loss.points:>5.2f}', fg='red')}  {where}: {rule}{printable(loss.what)}")
        click.echo(f"         {printable(loss.fix)}")
    if not report.losses:
        click.echo("  none")
    for finding in report.accepted:
        said = printable(finding.message or finding.got)
        click.echo(f"  let through by hand, and costs nothing: {finding.rule} {said} ({printable(str(finding.place))})")
    click.echo("\nhow it changed")
    for one in report.history:
        click.echo(f"  {one.measured_at[:16].replace('T', ' ')}  {one.score:>5.1f}  {one.delivery_id or 'a decision'}")


def draw_sparks(scores: Sequence[float]) -> str:
    """Return scores as a line of blocks, from their lowest to their highest; of many, the mean of some at a time."""
    step = max(1, -(-len(scores) // SPARK_WIDTH))
    shown = [sum(part) / len(part) for part in (scores[i : i + step] for i in range(0, len(scores), step))]
    low, span = min(shown), max(shown) - min(shown)
    return "".join(_SPARKS[round((score - low) / span * (len(_SPARKS) - 1)) if span else 3] for score in shown)


def draw_bar(share: float) -> str:
    """Return a bar of ``BAR_WIDTH`` characters of which a share from 0 to 1 is filled, to an eighth of one."""
    eighths = round(share * BAR_WIDTH * 8)
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + (_EIGHTHS[rest] if rest else "")).ljust(BAR_WIDTH, "·")


def write_days_csv(days: Iterable[QualityDay]) -> str:
    """Return days as CSV: a row for each provider and day, with what was there of how many in each dimension."""
    shares = [f"{dimension}_{part}" for dimension in Dimension for part in ("have", "of")]
    rows: list[list[object]] = [["day", "provider", "releases", "score", *shares]]
    for one in days:
        counts = [one.total.counts.get(dimension, Count()) for dimension in Dimension]
        score = "" if one.total.score_bp is None else one.total.score_bp / POINT_BP
        figures = [part for count in counts for part in (count.have, count.of)]
        rows.append([one.day, one.provider, one.total.releases, score, *figures])
    return _write_csv(rows)


def write_losses_csv(report: ReleaseQuality) -> str:
    """Return a release's losses as CSV."""
    rows: list[list[object]] = [["dimension", "points", "rule", "what", "where", "line", "fix"]]
    rows += [
        [loss.dimension, loss.points, loss.rule, loss.what, loss.where, loss.line, loss.fix] for loss in report.losses
    ]
    return _write_csv(rows)


def _print_dimensions(lines: Iterable[DimensionLine]) -> None:
    for group, members in groupby(lines, key=lambda line: line.group):
        click.echo(f"\n{group}")
        for line in members:
            is_fault = line.have == 0 and line.dimension in (
                Dimension.FINDINGS,
                Dimension.DUPLICATES,
                Dimension.CONFLICTS,
            )
            counted = (
                f"{line.of:,}" if is_fault else f"{line.have:,} of {line.of:,}" if line.of else "nothing is asked of"
            )
            points = f"{line.points:>4.1f} of {line.weight:>2}"
            click.echo(f"  {line.title:<20} {draw_bar(line.points / line.weight)} {points}  {counted} {line.counts}")


def _write_csv(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_guard(cell) for cell in row] for row in rows)
    return text.getvalue()


def _guard(cell: object) -> object:
    """Return a cell that no spreadsheet computes."""
    if not isinstance(cell, str):
        return cell
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else printable(cell)


def _bold(text: str) -> str:
    return click.style(text, bold=True)
