"""Quality as deliveries come in: measured in the commit itself, by what was found on the way."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import event

from antiphon.catalogue.quality_dimensions import PERFECT_BP, Dimension
from antiphon.intake.worker import keep_quality
from antiphon.record import reading, writing
from antiphon.record.quality import find_differing, list_scores
from antiphon.record.quality_days import close_days, list_days
from antiphon.telemetry import Metrics, definitions, render_metrics
from tests.builders import changed
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.installation import PROVIDER, Installation, now
from tests.record.releases import commit_statement, find_album_id


def test_a_delivery_is_measured_by_what_was_found_on_its_way(site: Installation, tmp_path: Path) -> None:
    statement = a_small_statement(1)
    loud = changed(statement.resources[0], titles=(changed(statement.resources[0].titles[0], value="HARBOUR LIGHT"),))
    update = changed(a_small_statement(1, created="2026-01-06T09:00:00Z"), resources=(loud, *statement.resources[1:]))
    site.deliver(write_delivery(tmp_path / "first", statement))
    (again,) = site.deliver(write_delivery(tmp_path / "second", update))
    with reading(site.engine) as conn:
        after, before = list_scores(conn, find_album_id(conn, statement), limit=9)
        assert find_differing(conn) == []
    assert before.score_bp < PERFECT_BP
    assert after.delivery_id == again
    assert after.counts[Dimension.FINDINGS].of > before.counts[Dimension.FINDINGS].of
    assert before.counts[Dimension.COVER].have == 1, "its cover was rendered in the same run"


def test_measuring_is_one_statement_of_the_commit(site: Installation) -> None:
    said: list[str] = []
    event.listen(site.engine, "before_cursor_execute", lambda _c, _u, statement, *_: said.append(statement))
    with writing(site.engine) as conn:
        commit_statement(conn, a_small_statement(1), now(), provider=PROVIDER)
    assert len([statement for statement in said if "quality" in statement]) == 1


def test_days_that_are_over_are_written_and_the_score_is_told(site: Installation) -> None:
    metrics, at = Metrics(), now()
    keep_quality(site.engine, metrics, at)  # nothing was ever delivered
    with writing(site.engine) as conn:
        commit_statement(conn, a_small_statement(1), at, provider=PROVIDER)
    keep_quality(site.engine, metrics, at + timedelta(days=2))
    with writing(site.engine) as conn:
        assert close_days(conn, at + timedelta(days=2)) == 0, "they were written"
        score_bp = list_days(conn, at + timedelta(days=2))[-1].total.score_bp
    assert score_bp is not None
    shown, _ = render_metrics(metrics.registry)
    assert f"{definitions.CATALOGUE_QUALITY.name} {score_bp / 100}" in shown.decode()
