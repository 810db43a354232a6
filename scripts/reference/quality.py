"""The page of data quality: what is measured, what each measure weighs and why, and an example that is measured."""

from importlib.resources import files

from antiphon.catalogue.quality import (
    CONFLICT_RULES,
    COSTS_BP,
    DUPLICATE_RULES,
    MEASURED_RULES,
    PROCESS_RULES,
    Quality,
    measure_quality,
)
from antiphon.catalogue.quality_dimensions import MEASURES, POINT_BP, POLICY_VERSION, Dimension
from antiphon.formats.ern import read_message
from antiphon.model.findings import Severity
from antiphon.model.media import ImageFacts, ResourceMedia
from antiphon.rules import check_statement
from antiphon.rules.example import BASE, BASE_CONTEXT, Edit, apply_edits
from scripts.reference.markdown import write_code, write_table

_HEAD = """\
# Data quality

How good what a provider delivers is: a score for each release, and from these one for each provider and for the whole
catalogue, kept day by day. Made by `make docs` of what the score is computed by; a test keeps it so.

```
antiphon quality                          the catalogue: score, trend, what to fix first, providers, worst releases
antiphon quality --provider north         one provider
antiphon quality --release icpn:0400...   one release: every point it lacks, where, and what mends it
antiphon quality --format csv             every day of every provider, with what was counted
antiphon quality --prove                  measure every release anew, and name each whose score is another one
```

Over HTTP: `/provider/v1/quality` and `/provider/v1/quality/releases/{album_id}`; in a browser: `/console/quality`.
Providers see their own, operators all. The metric `antiphon_catalogue_quality_points` is the catalogue's score.

## The score of a release

A release begins with a hundred points, and each measure can take what it weighs.

- **What should be there** is counted: of ISRC, 9 of 12 tracks are 7.5 of 10 points. Where nothing should be there,
  nothing is lost: an instrumental is not asked for a lyricist, a release without deals not for deals.
"""

_FAULTS = """\
- **What is wrong** takes a fixed number of points for each case, until its measure has none left. A warning takes
  {warning}, a note {note}.
  Each doubt that something is here twice ({duplicates}, or one recording twice on a release) takes {duplicate}, each
  identifier in conflict ({conflicts}) {conflict}.
- **What somebody let through** (a hold that was cleared or waived) is told apart and takes nothing: it is somebody's
  word that it is right. Duplicates and conflicts count all the same: they are there whoever lets them pass.
- **Nothing is counted twice.** Findings of {measured} take nothing, since what they find is measured; nor do those
  about how a delivery was made (D), sent ({process}) or authorised.

So a score never falls when something is mended, is a hundred where nothing lacks, and depends on nothing but the
statement that counts now, its media and its findings. Points are whole hundredths, so sums are exact. The weights are
version {version}; a score keeps the version it was computed by.
"""

_TRENDS = """\
## Providers, the catalogue, and trends

The score of a provider, and of the catalogue, is the mean of its releases'; one that was purged or erased does not
count. What a measure gains when all of it is mended is the mean of what it takes: "what to fix first" is in that order.

A release's score is kept in the transaction that changes the release, with the delivery that did it, whenever it is
another one than before (`quality_scores`); these rows never change. What a provider came to on a day (UTC) follows from
them: the day before and what changed. When a day is over the worker writes it down (`quality_days`), and from then on
it never changes; a day that was not written yet is computed the same, so it does not matter when that is. What is
measured by a clock that was set back counts from the first day that is not written. Why it is so:
[ADR 0015](adr/0015-quality-is-a-log.md).

`antiphon rebuild` does not measure: a score is proven by `antiphon quality --prove`, which reads findings too. These
are of the time of delivery: a conflict that another provider made later is told to both by `antiphon conflicts`, and
counts in the score of whoever delivers next.
"""

_COVER = ResourceMedia(source="0" * 64, image=ImageFacts(format="JPEG", mode="RGB", width_px=1_400, height_px=1_400))
_EDITS = (
    Edit(
        """      <CLine>
        <Year>2026</Year>
        <CLineText>(C) 2026 Paper Lantern</CLineText>
      </CLine>
""",
        "",
    ),
    Edit("<TitleText>Slack Water</TitleText>", "<TitleText>Slack Water (Original Mix)</TitleText>"),
)


def describe_quality() -> str:
    """Return the page, ``docs/quality.md``."""
    return "\n".join([_HEAD.rstrip(), _describe_faults(), _describe_measures(), _describe_example(), _TRENDS])


def _describe_faults() -> str:
    weights = {measure.dimension: measure for measure in MEASURES}
    return _FAULTS.format(
        warning=_points(COSTS_BP[Severity.WARN]),
        note=_points(COSTS_BP[Severity.NOTE]),
        duplicates=_list_rules(DUPLICATE_RULES),
        duplicate=_points(weights[Dimension.DUPLICATES].cost_bp),
        conflicts=_list_rules(CONFLICT_RULES),
        conflict=_points(weights[Dimension.CONFLICTS].cost_bp),
        measured=_list_rules(MEASURED_RULES),
        process=_list_rules(PROCESS_RULES),
        version=POLICY_VERSION,
    )


def _describe_measures() -> str:
    rows = (
        (measure.title, write_code(measure.dimension), measure.group, str(measure.weight), measure.counts, measure.why)
        for measure in MEASURES
    )
    return "## Measures\n\n" + write_table(("measure", "id", "group", "points", "counts", "why so many"), rows)


def _describe_example() -> str:
    text = (files("antiphon.rules.examples") / BASE).read_text(encoding="utf-8")
    return f"""\
## An example

[The good message](../src/antiphon/rules/examples/{BASE}) is an album of three tracks in which no rule finds anything.
That is no reason for a hundred points: rules ask for what must be there, a score also for what should. Its cover has
1400 x 1400 px here.

{_describe_losses(_measure(text))}
The same message, with the `CLine` of its release left out and a title that says what goes without saying:

{_describe_losses(_measure(apply_edits(text, _EDITS)))}"""


def _describe_losses(quality: Quality) -> str:
    rows = (
        (f"{loss.points_bp / POINT_BP:.2f}", write_code(loss.dimension), loss.rule, loss.what, loss.where, loss.fix)
        for loss in quality.losses
    )
    table = write_table(("costs", "measure", "rule", "what", "where", "what mends it"), rows)
    return f"{table}\nWhat is left is **{quality.score_bp / POINT_BP:.2f}** of 100.\n"


def _measure(text: str) -> Quality:
    statement = read_message(text.encode(), file=BASE_CONTEXT.message_file)
    return measure_quality(statement, {"A4": _COVER}, check_statement(statement, BASE_CONTEXT))


def _list_rules(rules: frozenset[str]) -> str:
    return ", ".join(f"[{rule}](rules/{rule}.md)" for rule in sorted(rules))


def _points(points_bp: int) -> str:
    points = points_bp / POINT_BP
    return f"{points:g} point{'' if points == 1 else 's'}"
