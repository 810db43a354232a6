"""A log that no longer leads anywhere is renewed from the record: nodes come to what they would have served."""

from datetime import timedelta
from pathlib import Path

import pytest

from antiphon.blobs import BlobMissing
from antiphon.model.errors import Refused
from antiphon.publication.log_renewal import renew_log
from antiphon.replica import Follower
from tests.builders import a_statement
from tests.publication.test_publisher import NOW, House, an_update
from tests.replica.nodes import served


def test_what_is_committed_and_not_announced_is_announced_first(house: House, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not announced"):
        renew_log(house.engine, house.blobs, tmp_path / "scratch")
    house.commit(a_statement(), 1)
    with pytest.raises(Refused, match="not announced"):
        renew_log(house.engine, house.blobs, tmp_path / "scratch")


def test_a_node_that_no_segment_leads_on_starts_from_a_snapshot_of_the_record(house: House, tmp_path: Path) -> None:
    house.commit(a_statement(), 1)
    house.catch_up()
    lost = house.follower._files.load_segment()
    house.commit(an_update(a_statement(3), day=2), 2)
    house.catch_up()
    house.blobs.delete(lost)
    late = Follower(house.blobs, tmp_path / "late", map_size_bytes=64 << 20)
    with pytest.raises(BlobMissing, match=lost):
        late.poll(NOW)
    snapshot = renew_log(house.engine, house.blobs, tmp_path / "scratch")
    assert snapshot.version.version == house.follower.version
    late.poll(NOW + timedelta(minutes=2))
    assert late.version == house.follower.version
    assert served(late) == served(house.follower)
    assert house.follower.poll(NOW + timedelta(minutes=2)) is False
    late.close()
