"""``antiphon acknowledgement``: what a sender is told, as a terminal prints it."""

from pathlib import Path

from click.testing import CliRunner

from antiphon.cli.answers import acknowledgement
from antiphon.formats.ern import read_acknowledgement
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.installation import installed


def test_the_answer_to_a_delivery_is_printed_as_its_sender_gets_it(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "record.db").touch()
    with installed(tmp_path / "site") as site:
        (receipt,) = site.accept(write_delivery(site.inbox, a_small_statement()))
        settings = {"ANTIPHON_RECORD_URL": site.engine.url.render_as_string(hide_password=False)}
        words = [receipt.delivery_id, "--data", str(tmp_path / "data"), "--generation", "1.7"]
        result = CliRunner().invoke(acknowledgement, words, env=settings, catch_exceptions=False)
        (answer,) = read_acknowledgement(result.output.encode())
    assert (answer.generation, answer.answered_message_id) == ("1.7", "M-1")
    assert answer.release_status == "ReleaseReceivedByReleaseDistributor"
    assert "not finished" in answer.statuses[0].text
