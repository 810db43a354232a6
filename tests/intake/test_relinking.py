"""Rerunning identity over everything that was delivered: what it proposes, and that it changes nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, select

from antiphon.identity import Link
from antiphon.intake.relinking import MovedAnchor, Proposal, propose_relinks, write_commands
from antiphon.model.decisions import Decision, Merge, Split, TargetKind
from antiphon.model.entities import EntityKind
from antiphon.model.statement import Statement
from antiphon.record import open_record, reading, writing
from antiphon.record.catalogue import find_entities
from antiphon.record.deciding import decide
from antiphon.record.links import RecordedLinks
from antiphon.record.providers import Provider, add_provider
from antiphon.record.tables import metadata
from tests.builders import a_recording, a_release, a_statement, changed
from tests.record.releases import commit_statement

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ISRC = "isrc:QZANT2600001"
OWN = "x" * 22


@pytest.fixture
def engine(record_url: str) -> Iterator[Engine]:
    """Return the engine of a record with two providers."""
    engine = open_record(record_url)
    with writing(engine) as conn:
        for provider in ("north", "south"):
            add_provider(conn, Provider(id=provider, name=provider.title()), NOW)
    yield engine
    engine.dispose()


def _reissue(title: str = "") -> Statement:
    """Return South's single with North's first recording; under a title and a length of its own, if one is given."""
    recording = a_recording(1)
    if title:
        recording = changed(recording, titles=(changed(recording.titles[0], value=title),), duration_ms=41_000)
    release = a_release(1, ids=(changed(a_release().ids[0], text="4006381333948"),))
    statement = a_statement(1, releases=(release, *a_statement(1).releases[1:]))
    others = tuple(resource for resource in statement.resources if resource.reference != recording.reference)
    return changed(statement, resources=(recording, *others))


def _deliver(engine: Engine, reissue: Statement, *linked: tuple[EntityKind, str, str]) -> None:
    """Let North deliver its album and South the reissue, whose anchors an older policy linked to some entities."""
    with writing(engine) as conn:
        delivery = commit_statement(conn, a_statement(), NOW, provider="north")
        older = [
            Link(
                provider="south",
                kind=kind,
                anchor=anchor,
                entity_id=entity,
                score=1.0,
                reasons=("old",),
                policy_version=1,
            )
            for kind, anchor, entity in linked
        ]
        RecordedLinks(conn).add_links(older, delivery)
        commit_statement(conn, reissue, NOW, provider="south")


def _recording(engine: Engine) -> str:
    """Return North's recording of the ISRC."""
    with reading(engine) as conn:
        link = RecordedLinks(conn).find_link("north", EntityKind.RECORDING, ISRC)
    assert link is not None
    return link.entity_id


def _propose(engine: Engine) -> list[Proposal]:
    with reading(engine) as conn:
        before = [
            conn.execute(select(func.count()).select_from(table)).scalar_one() for table in metadata.sorted_tables
        ]
    proposals = propose_relinks(engine, NOW, lambda _done, _total: None)
    with reading(engine) as conn:
        after = [conn.execute(select(func.count()).select_from(table)).scalar_one() for table in metadata.sorted_tables]
    assert before == after
    return [proposal for proposal in proposals if proposal.kind is TargetKind.RECORDING]


def _decide(engine: Engine, effect: Merge | Split, target: str) -> None:
    decision = Decision(
        id="d1",
        effect=effect,
        target_kind=TargetKind.RECORDING,
        target_id=target,
        decided_by="ana",
        decided_at="2026-11-22T10:00:00.000000Z",
        reason="listened to both",
    )
    with writing(engine) as conn:
        decide(conn, decision, NOW)


def test_a_catalogue_linked_by_todays_policy_gets_no_proposal(engine: Engine) -> None:
    _deliver(engine, _reissue())
    assert propose_relinks(engine, NOW, lambda _done, _total: None) == []


def test_what_an_older_policy_left_apart_is_proposed_to_be_merged_and_nothing_is_written(engine: Engine) -> None:
    _deliver(engine, _reissue(), (EntityKind.RECORDING, ISRC, OWN))
    (proposal,) = _propose(engine)
    assert (proposal.entity_id, proposal.into_id) == (OWN, _recording(engine))
    assert "same ISRC" in proposal.reasons
    assert 0.5 < proposal.score < 1
    assert write_commands(proposal) == (f"antiphon merge recording {OWN} --into {_recording(engine)}",)
    with reading(engine) as conn:
        assert (EntityKind.RECORDING, OWN) in find_entities(conn, "isrc", "QZANT2600001")


def test_what_an_older_policy_took_for_one_is_proposed_to_be_split(engine: Engine) -> None:
    with writing(engine) as conn:
        commit_statement(conn, a_statement(), NOW, provider="north")
    shared = _recording(engine)
    _deliver(engine, _reissue("Nothing like the other"), (EntityKind.RECORDING, ISRC, shared))
    (proposal,) = _propose(engine)
    assert (proposal.entity_id, proposal.into_id) == (shared, "")
    assert write_commands(proposal) == (f"antiphon split recording {shared} --provider south --anchor {ISRC}",)


def test_what_people_have_merged_is_not_proposed_again(engine: Engine) -> None:
    _deliver(engine, _reissue(), (EntityKind.RECORDING, ISRC, OWN))
    _decide(engine, Merge(into_id=_recording(engine)), OWN)
    assert _propose(engine) == []


def test_a_split_with_several_anchors_names_the_further_ones() -> None:
    moved = (MovedAnchor(provider="south", anchor="isrc:A"), MovedAnchor(provider="south", anchor="name:it's"))
    proposal = Proposal(kind=TargetKind.ARTIST, entity_id="a", moved=moved, score=1.0, reasons="first seen")
    assert write_commands(proposal) == (
        "antiphon split artist a --provider south --anchor isrc:A",
        """antiphon reassign artist a --into NEW --provider south --anchor 'name:it'"'"'s'""",
    )
