"""Scores in the record: written with the change, once, and a trend that never changes once a day is over."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import Connection, Engine, delete, insert, text, update
from sqlalchemy.exc import DatabaseError

from antiphon.catalogue.quality import measure_quality
from antiphon.catalogue.quality_dimensions import Dimension
from antiphon.model.decisions import Decision, Effect, Erase, TargetKind, Transfer
from antiphon.model.findings import Finding, Severity
from antiphon.model.statement import MessageKind, Statement
from antiphon.record import deciding, open_record, reading, writing
from antiphon.record.catalogue import load_album
from antiphon.record.instants import format_instant
from antiphon.record.providers import Provider, add_provider
from antiphon.record.quality import find_differing, list_scores, list_worst, measure_album
from antiphon.record.quality_days import close_days, list_days, sum_days
from antiphon.record.quality_tables import quality_days, quality_scores
from tests.builders import a_release, changed
from tests.intake.deliveries import a_small_statement, an_icpn
from tests.record.releases import commit_statement, find_album_id

PROVIDERS = ("north", "south")
FIRST = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
SEED = 4_711
WARNING = Finding(rule="T1", severity=Severity.WARN, got="HARBOUR LIGHTS")


@pytest.fixture
def engine(record_url: str) -> Iterator[Engine]:
    engine = open_record(record_url)
    with writing(engine) as conn:
        for provider in PROVIDERS:
            add_provider(conn, Provider(id=provider, name=provider.title()), FIRST)
    yield engine
    engine.dispose()


def day(number: int) -> datetime:
    return FIRST + timedelta(days=number - 1)


def commit(engine: Engine, statement: Statement, at: datetime, *findings: Finding, provider: str = "north") -> str:
    with writing(engine) as conn:
        commit_statement(conn, statement, at, provider=provider, findings=findings)
        return find_album_id(conn, statement)


def decide(engine: Engine, album_id: str, effect: Effect, at: datetime) -> None:
    decision = Decision(
        id=f"decision{at.day}",
        effect=effect,
        target_kind=TargetKind.ALBUM,
        target_id=album_id,
        decided_by="ana",
        decided_at=format_instant(at),
        reason="the label asked for it",
    )
    with writing(engine) as conn:
        deciding.decide(conn, decision, at)


def without_label(statement: Statement) -> Statement:
    return changed(statement, releases=(changed(statement.releases[0], labels=()), *statement.releases[1:]))


def a_purge(number: int) -> Statement:
    release = a_release(is_main=False, group=None, resources=(), ids=a_small_statement(number).releases[0].ids)
    empty = {"resources": (), "releases": (release,), "release_deals": ()}
    return changed(a_small_statement(number), kind=MessageKind.PURGE, **empty)


def fill(engine: Engine, days: int) -> random.Random:
    """Let releases come in, some of them again, over some days; with days on which nothing happens."""
    chance = random.Random(SEED)
    for number in range(1, days + 1):
        for _ in range(chance.choice([0, 1, 2])):
            of_release = chance.randint(1, 6)
            statement = a_small_statement(of_release)
            spoilt = without_label(statement) if chance.random() < 0.5 else statement
            found = (WARNING,) * chance.randint(0, 1)
            commit(engine, spoilt, day(number), *found, provider=PROVIDERS[of_release % 2])
    return chance


def count_anew(conn: Connection) -> dict[str, tuple[int, int]]:
    """Return (releases, sum of scores) of each provider, of what is the newest of every release."""
    rows = conn.execute(
        text(
            "SELECT provider, COUNT(*), SUM(score_bp) FROM quality_scores AS s WHERE is_counted AND number ="
            " (SELECT MAX(number) FROM quality_scores WHERE album_id = s.album_id) GROUP BY provider"
        )
    )
    return {provider: (releases, int(points)) for provider, releases, points in rows}


def test_no_score_and_no_day_can_be_changed_or_removed(engine: Engine) -> None:
    commit(engine, a_small_statement(), day(1))
    with writing(engine) as conn:
        close_days(conn, day(3))
    for change in (update(quality_scores).values(score_bp=1), delete(quality_scores), delete(quality_days)):
        with pytest.raises(DatabaseError, match="append-only"), writing(engine) as conn:
            conn.execute(change)


def test_a_release_has_a_score_with_the_delivery_that_made_it_so(engine: Engine) -> None:
    statement = a_small_statement()
    album_id = commit(engine, statement, day(1), WARNING)
    with reading(engine) as conn:
        (score,) = list_scores(conn, album_id, limit=9)
        album = load_album(conn, album_id)
        assert album is not None
        measured = measure_album(conn, album)
    assert measured is not None
    assert score.score_bp == measured.score_bp == measure_quality(statement, {}, [WARNING]).score_bp
    assert score.counts == measured.counts
    assert (score.delivery_id, score.day, score.provider) == ("delivery-1", "2026-09-01", "north")


def test_a_score_is_kept_again_only_when_it_is_another(engine: Engine) -> None:
    statement = a_small_statement()
    commit(engine, without_label(statement), day(1))
    commit(engine, without_label(statement), day(2))
    album_id = commit(engine, statement, day(3))
    with reading(engine) as conn:
        scores = list_scores(conn, album_id, limit=9)
    assert [(score.number, score.delivery_id) for score in scores] == [(2, "delivery-3"), (1, "delivery-1")]
    assert scores[0].score_bp - scores[1].score_bp == 400


def test_an_older_message_changes_no_score(engine: Engine) -> None:
    album_id = commit(engine, a_small_statement(), day(5))
    commit(engine, without_label(a_small_statement()), day(4), WARNING)
    with reading(engine) as conn:
        assert [score.delivery_id for score in list_scores(conn, album_id, limit=9)] == ["delivery-1"]


def test_the_worst_releases_come_first_by_the_score_they_have_now(engine: Engine) -> None:
    good = commit(engine, without_label(a_small_statement(1)), day(1), WARNING)
    bad = commit(engine, without_label(a_small_statement(2)), day(1))
    commit(engine, a_small_statement(1), day(2))
    with reading(engine) as conn:
        assert [score.album_id for score in list_worst(conn, "north", limit=9)] == [bad, good]
        assert [score.album_id for score in list_worst(conn, "north", limit=1)] == [bad]
        assert list_worst(conn, "south", limit=9) == ()


def test_a_purged_release_counts_no_more(engine: Engine) -> None:
    commit(engine, a_small_statement(1), day(1))
    with writing(engine) as conn:
        commit_statement(conn, a_purge(1), day(2), provider="north")
    with reading(engine) as conn:
        assert [one.total.releases for one in list_days(conn, day(3))] == [1, 0, 0]
        assert [one.total.score_bp for one in list_days(conn, day(3))][-1] is None
        assert list_worst(conn, "north", limit=9) == ()


def test_a_release_that_changes_hands_takes_its_score_along(engine: Engine) -> None:
    album_id = commit(engine, a_small_statement(1), day(1))
    decide(engine, album_id, Transfer(to_provider="south"), day(3))
    with reading(engine) as conn:
        counted = {(one.day[-1], one.provider): one.total.releases for one in list_days(conn, day(4))}
        assert counted == {
            ("1", "north"): 1,
            ("2", "north"): 1,
            ("3", "north"): 0,
            ("3", "south"): 1,
            ("4", "north"): 0,
            ("4", "south"): 1,
        }
        assert [score.album_id for score in list_worst(conn, "south", limit=9)] == [album_id]
        assert list_worst(conn, "north", limit=9) == ()
        assert find_differing(conn) == []


def test_a_release_that_is_erased_counts_no_more(engine: Engine) -> None:
    album_id = commit(engine, a_small_statement(1), day(1))
    decide(engine, album_id, Erase(), day(2))
    with reading(engine) as conn:
        assert [one.total.releases for one in list_days(conn, day(3))] == [1, 0, 0]
        assert list_worst(conn, "north", limit=9) == ()
        assert find_differing(conn) == []


def test_every_day_is_there_and_the_last_is_what_is_counted_anew(engine: Engine) -> None:
    fill(engine, 12)
    with reading(engine) as conn:
        days = list_days(conn, day(12))
        expected = count_anew(conn)
    for provider in PROVIDERS:
        own = [one.day for one in days if one.provider == provider]
        assert own == [day(13 - n).date().isoformat() for n in range(len(own), 0, -1)], "a day is missing"
    newest = {one.provider: one.total for one in days if one.day == "2026-09-12"}
    assert {name: (total.releases, total.points_bp) for name, total in newest.items()} == expected
    for total in newest.values():
        assert sum(count.lost_bp for count in total.counts.values()) == total.releases * 10_000 - total.points_bp
    (everything,) = sum_days(one for one in days if one.day == "2026-09-12")
    assert everything.total.releases == sum(releases for releases, _ in expected.values())
    assert everything.total.counts[Dimension.LABEL].of == everything.total.releases


@pytest.mark.parametrize("closings", [(12,), tuple(range(1, 13))], ids=["at once", "every day"])
def test_whenever_days_are_written_they_say_the_same(engine: Engine, closings: tuple[int, ...]) -> None:
    fill(engine, 12)
    with reading(engine) as conn:
        before = list_days(conn, day(14))
    for number in closings:
        with writing(engine) as conn:
            close_days(conn, day(number))
            assert close_days(conn, day(number)) == 0
    with reading(engine) as conn:
        assert list_days(conn, day(14)) == before
        assert list_days(conn, day(14), since="2026-09-10", provider="south") == tuple(
            one for one in before if one.day >= "2026-09-10" and one.provider == "south"
        )


def test_a_day_that_is_over_never_changes_whatever_comes_after(engine: Engine) -> None:
    fill(engine, 7)
    with writing(engine) as conn:
        close_days(conn, day(8))
    with reading(engine) as conn:
        over = list_days(conn, day(7))
    commit(engine, without_label(a_small_statement(8)), day(9), WARNING)
    commit(engine, a_small_statement(9), day(3))  # a clock that was set back
    with reading(engine) as conn:
        days = list_days(conn, day(9))
        assert tuple(one for one in days if one.day <= "2026-09-07") == over
        newest = {one.provider: (one.total.releases, one.total.points_bp) for one in days if one.day == "2026-09-09"}
        assert newest == count_anew(conn), "what came on a day that was over counts from the first one that is not"


def test_the_order_of_arrival_makes_no_difference_to_scores(engine: Engine) -> None:
    statements = [(n, without_label(a_small_statement(n)) if n % 2 else a_small_statement(n)) for n in range(1, 5)]
    again = [(n + 4, a_small_statement(n)) for n in (1, 2)]
    arrivals = [(number, at, statement) for at, (number, statement) in enumerate([*statements, *again], 1)]
    random.Random(SEED).shuffle(arrivals)
    for _, at, statement in arrivals:
        commit(engine, statement, day(at))
    with reading(engine) as conn:
        for number in range(1, 5):
            newest = a_small_statement(number) if number in (1, 2) else dict(statements)[number]
            album_id = find_album_id(conn, newest)
            assert list_scores(conn, album_id, limit=1)[0].score_bp == measure_quality(newest, {}).score_bp


def test_scores_that_were_tampered_with_are_found_out(engine: Engine) -> None:
    fill(engine, 8)
    with reading(engine) as conn:
        assert find_differing(conn) == []
    with writing(engine) as conn:
        (album_id,) = conn.execute(text("SELECT album_id FROM quality_scores WHERE number = 1 LIMIT 1")).one()
        row = msgspec.structs.asdict(list_scores(conn, album_id, limit=1)[0]) | {"policy_version": 1, "counts": "{}"}
        conn.execute(insert(quality_scores).values(row | {"number": row["number"] + 1, "score_bp": 10_000}))
    with reading(engine) as conn:
        assert find_differing(conn) == [album_id]


def test_releases_of_one_barcode_are_found_by_their_key(engine: Engine) -> None:
    album_id = commit(engine, a_small_statement(3), day(1))
    with reading(engine) as conn:
        (score,) = list_scores(conn, album_id, limit=1)
    assert score.release_key == f"icpn:{an_icpn(3).zfill(14)}"
