"""The score of a release: what it takes away, what it names, and what never changes it."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.catalogue.quality import (
    CONFLICT_RULES,
    DUPLICATE_RULES,
    MEASURED_RULES,
    PROCESS_RULES,
    Quality,
    measure_quality,
)
from antiphon.catalogue.quality_dimensions import MEASURES, PERFECT_BP, Dimension
from antiphon.model.claims import Credit, DeliveredId, IdScheme, Role
from antiphon.model.errors import Broken
from antiphon.model.findings import Finding, Place, Severity
from antiphon.model.media import ImageFacts, ResourceMedia
from antiphon.model.resources import Resource
from antiphon.model.statement import Statement
from antiphon.rules.rule_book import RULES
from tests.builders import ARTIST, a_cover, a_deal, a_recording, a_release, a_statement, changed

LARGE_COVER = {
    "A90": ResourceMedia(source="c" * 64, image=ImageFacts(format="JPEG", mode="RGB", width_px=3000, height_px=3000))
}
SMALL_COVER = {
    "A90": ResourceMedia(source="c" * 64, image=ImageFacts(format="JPEG", mode="RGB", width_px=1400, height_px=1400))
}
KNOWN_ARTIST = changed(ARTIST, ids=(DeliveredId(scheme=IdScheme.ISNI, text="0000000121032683"),))
ISWC = (DeliveredId(scheme=IdScheme.ISWC, text="T0345246801"),)
RULE_IDS = sorted(rule.id for rule in RULES)


def a_perfect_recording(number: int) -> Resource:
    return a_recording(number, work_ids=ISWC, display_artists=(KNOWN_ARTIST,))


def a_perfect_statement(tracks: int = 2) -> Statement:
    statement = a_statement(tracks)
    recordings = tuple(a_perfect_recording(number) for number in range(1, tracks + 1))
    releases = (changed(statement.releases[0], display_artists=(KNOWN_ARTIST,)), *statement.releases[1:])
    return changed(statement, resources=(*recordings, a_cover()), releases=releases)


def with_release(statement: Statement, **changes: object) -> Statement:
    return changed(statement, releases=(changed(statement.releases[0], **changes), *statement.releases[1:]))


def with_track(statement: Statement, number: int, **changes: object) -> Statement:
    tracks = [changed(r, **changes) if r.reference == f"A{number}" else r for r in statement.resources]
    return changed(statement, resources=tuple(tracks))


def with_deals(statement: Statement, **changes: object) -> Statement:
    return changed(statement, release_deals=(changed(statement.release_deals[0], **changes),))


def a_contributor(role: str) -> Credit:
    return Credit(name="Aino Lehtola", roles=(Role(value=role),))


def find_lost_bp(quality: Quality, dimension: Dimension) -> int:
    return quality.counts[dimension].lost_bp


FINDINGS = st.builds(
    Finding,
    rule=st.sampled_from([*RULE_IDS, "InternalError", "SenderNotAuthorised"]),
    severity=st.sampled_from(Severity),
    place=st.builds(Place, line=st.integers(0, 9)),
    got=st.sampled_from("abc"),
)

SPOILS: dict[Dimension, Callable[[Statement], Statement]] = {
    Dimension.ISRC: lambda s: with_track(s, 1, ids=()),
    Dimension.ICPN: lambda s: with_release(s, ids=(DeliveredId(scheme=IdScheme.ICPN, text="4006381333932"),)),
    Dimension.ISWC: lambda s: with_track(s, 1, work_ids=()),
    Dimension.ARTIST_IDS: lambda s: with_track(s, 1, display_artists=(Credit(name="Somebody Else"),)),
    Dimension.WRITERS: lambda s: with_track(s, 1, contributors=(a_contributor("Producer"),), language="zxx"),
    Dimension.LYRICISTS: lambda s: with_track(
        s, 2, contributors=(a_contributor("Producer"), a_contributor("Composer"))
    ),
    Dimension.PRODUCERS: lambda s: with_track(s, 3, contributors=(a_contributor("ComposerLyricist"),)),
    Dimension.P_LINE: lambda s: with_release(with_track(s, 1, p_lines=()), p_lines=()),
    Dimension.C_LINE: lambda s: with_release(s, c_lines=()),
    Dimension.LABEL: lambda s: with_release(s, labels=()),
    Dimension.LANGUAGES: lambda s: with_track(s, 3, language="English!"),
    Dimension.TITLE_LANGUAGES: lambda s: changed(s, format=changed(s.format, language="")),
    Dimension.GENRE: lambda s: with_release(s, genres=()),
    Dimension.RELEASE_DATE: lambda s: with_release(s, release_date=None, original_release_date=None),
    Dimension.DEALS: lambda s: with_deals(s, deals=(a_deal(start=""),)),
    Dimension.GRANTED: lambda s: with_deals(s, release_references=("R1",)),
}
"""What makes each share lack something of a perfect release, and nothing else."""


def test_a_statement_about_no_release_has_no_quality() -> None:
    with pytest.raises(Broken):
        measure_quality(changed(a_statement(), releases=()), {})


def test_the_weights_are_a_hundred_points_and_each_dimension_is_weighed_once() -> None:
    assert sum(measure.weight for measure in MEASURES) == 100
    assert [measure.dimension for measure in MEASURES] == list(Dimension)
    assert all(measure.why and measure.fix for measure in MEASURES)


def test_a_perfect_release_has_all_points_and_nothing_to_mend() -> None:
    quality = measure_quality(a_perfect_statement(), LARGE_COVER)
    assert quality.score_bp == PERFECT_BP
    assert quality.losses == ()


@pytest.mark.parametrize("dimension", SPOILS, ids=str)
def test_what_lacks_costs_points_of_its_dimension_alone_and_is_named(dimension: Dimension) -> None:
    quality = measure_quality(SPOILS[dimension](a_perfect_statement(3)), LARGE_COVER)
    assert {loss.dimension for loss in quality.losses} == {dimension}
    assert all(loss.where and loss.what and loss.fix for loss in quality.losses)
    assert 0 < find_lost_bp(quality, dimension) == PERFECT_BP - quality.score_bp


def test_a_quarter_of_the_tracks_is_a_quarter_of_the_points() -> None:
    quality = measure_quality(with_track(a_perfect_statement(4), 3, ids=()), LARGE_COVER)
    assert (quality.counts[Dimension.ISRC].have, quality.counts[Dimension.ISRC].of) == (3, 4)
    assert [(loss.where, loss.points_bp) for loss in quality.losses] == [("track 1-3 Harbour Light No. 3", 250)]


def test_a_small_cover_is_better_than_none_and_worse_than_a_large_one() -> None:
    scores = [measure_quality(a_perfect_statement(), media).score_bp for media in ({}, SMALL_COVER, LARGE_COVER)]
    assert scores == [PERFECT_BP - 1000, PERFECT_BP - 400, PERFECT_BP]


def test_a_takedown_is_not_asked_for_deals() -> None:
    quality = measure_quality(changed(a_perfect_statement(), release_deals=()), LARGE_COVER)
    assert quality.score_bp == PERFECT_BP


def test_an_instrumental_is_not_asked_for_a_lyricist() -> None:
    statement = with_track(SPOILS[Dimension.LYRICISTS](a_perfect_statement()), 2, language="zxx")
    assert measure_quality(statement, LARGE_COVER).score_bp == PERFECT_BP


def test_a_recording_that_stands_twice_on_a_release_is_a_duplicate() -> None:
    statement = a_perfect_statement()
    quality = measure_quality(with_track(statement, 2, ids=statement.resources[0].ids), LARGE_COVER)
    assert find_lost_bp(quality, Dimension.DUPLICATES) == 200
    assert quality.losses[0].where == "track 1-2 Harbour Light No. 2"


def test_a_hold_that_was_let_through_is_told_apart_and_costs_nothing() -> None:
    hold = Finding(rule="L1", severity=Severity.HOLD, got="no advisory")
    quality = measure_quality(a_perfect_statement(), LARGE_COVER, [hold])
    assert quality.score_bp == PERFECT_BP
    assert quality.accepted == (hold,)


def test_a_conflict_counts_whoever_let_it_pass() -> None:
    hold = Finding(rule="I8", severity=Severity.HOLD, got="4006381333931")
    quality = measure_quality(a_perfect_statement(), LARGE_COVER, [hold])
    assert quality.score_bp == PERFECT_BP - 300
    assert [(loss.rule, loss.dimension) for loss in quality.losses] == [("I8", Dimension.CONFLICTS)]


@pytest.mark.parametrize("rule", ["R9", "D15", "P13", "InternalError", "SenderNotAuthorised"])
def test_what_is_measured_already_and_how_it_was_sent_takes_nothing(rule: str) -> None:
    finding = Finding(rule=rule, severity=Severity.WARN)
    assert measure_quality(a_perfect_statement(), LARGE_COVER, [finding]).score_bp == PERFECT_BP


def test_the_rules_it_goes_by_are_rules() -> None:
    assert set(RULE_IDS) >= CONFLICT_RULES | DUPLICATE_RULES | MEASURED_RULES | PROCESS_RULES


@given(st.lists(FINDINGS, max_size=20), st.data())
def test_mending_a_finding_never_lowers_a_score(findings: list[Finding], data: st.DataObject) -> None:
    statement = a_perfect_statement()
    mended = data.draw(st.lists(st.sampled_from(findings), unique=True)) if findings else []
    before = measure_quality(statement, LARGE_COVER, findings)
    after = measure_quality(statement, LARGE_COVER, [finding for finding in findings if finding not in mended])
    assert after.score_bp >= before.score_bp


@given(st.lists(st.sampled_from(sorted(SPOILS)), unique=True), st.data())
def test_mending_what_lacks_never_lowers_a_score(spoilt: list[Dimension], data: st.DataObject) -> None:
    left = data.draw(st.lists(st.sampled_from(spoilt), unique=True)) if spoilt else []
    before, after = a_perfect_statement(3), a_perfect_statement(3)
    for dimension in spoilt:
        before = SPOILS[dimension](before)
    for dimension in (dimension for dimension in spoilt if dimension in left):
        after = SPOILS[dimension](after)
    assert measure_quality(after, LARGE_COVER).score_bp >= measure_quality(before, LARGE_COVER).score_bp


@given(st.lists(st.sampled_from(sorted(SPOILS)), unique=True), st.lists(FINDINGS, max_size=20), st.randoms())
def test_every_point_is_accounted_for_in_whatever_order_findings_come(
    spoilt: list[Dimension], findings: list[Finding], order: random.Random
) -> None:
    statement = a_perfect_statement(7)
    for dimension in spoilt:
        statement = SPOILS[dimension](statement)
    quality = measure_quality(statement, SMALL_COVER, findings)
    assert sum(loss.points_bp for loss in quality.losses) == PERFECT_BP - quality.score_bp
    assert sum(count.lost_bp for count in quality.counts.values()) == PERFECT_BP - quality.score_bp
    assert all(0 <= quality.counts[m.dimension].lost_bp <= m.weight * 100 for m in MEASURES)
    order.shuffle(findings)
    assert measure_quality(statement, SMALL_COVER, [*findings, *findings]) == quality


def test_a_release_without_tracks_lacks_what_tracks_have() -> None:
    statement = changed(a_statement(), resources=(), releases=(a_release(0, group=None),), release_deals=())
    quality = measure_quality(statement, {})
    assert quality.counts[Dimension.ISRC].of == 1
    assert find_lost_bp(quality, Dimension.ISRC) == 1000
