"""The same races on a real S3: Ceph's radosgw. One log, nothing lost, whoever is stopped or killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.blobs import BlobStore, open_blobs
from antiphon.blobs.objects import ObjectBlobs
from antiphon.publication.publisher import Publisher
from tests.publication.racing import check_log, race
from tests.publication.test_holds import release
from tests.publication.test_publisher import NOW, House
from tests.publication.test_races import tracks
from tests.radosgw import BUCKET, ObjectStore, run_radosgw

pytestmark = [pytest.mark.fault, pytest.mark.timeout(900)]

RELEASES = 30
PUBLISHERS = 3


@pytest.fixture(scope="module")
def radosgw() -> Iterator[ObjectStore]:
    with run_radosgw() as store:
        yield store


@pytest.fixture
def place(radosgw: ObjectStore, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Return the address of an empty place in the store, which ``open_blobs`` reaches."""
    for name, value in radosgw.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{abs(hash(request.node.nodeid))}"


@pytest.fixture
def house(tmp_path: Path, record_url: str, place: str) -> Iterator[House]:
    house = House(tmp_path, record_url, blobs=open_blobs(place))
    yield house
    house.close()


def test_publishers_on_one_bucket_make_one_log_without_a_gap_and_lose_nothing(
    house: House, record_url: str, place: str, tmp_path: Path
) -> None:
    deliveries: list[str] = []

    def commit_all() -> None:
        deliveries.extend(house.commit(release(number, 1), number) for number in range(1, RELEASES + 1))
        deliveries.extend(house.commit(release(n, 2, "Mira Vayle"), 100 + n) for n in range(1, RELEASES + 1, 3))

    stores: list[BlobStore] = [open_blobs(place) for _ in range(PUBLISHERS)]
    assert all(isinstance(store, ObjectBlobs) for store in stores)
    overtaken = race(record_url, stores, tmp_path, commit_all)
    print(f"overtaken {overtaken} times")
    check_log(house.engine, house.blobs, tmp_path / "late", deliveries, tracks(house))


def test_a_publisher_that_died_before_the_last_step_is_finished_by_another(
    house: House, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = [house.commit(release(1, 1), 1)]
    real = ObjectBlobs.put_named

    class Killed(BaseException):
        pass

    def die(store: ObjectBlobs, name: str, data: bytes) -> None:
        if name.startswith("versions/"):
            raise Killed
        real(store, name, data)

    monkeypatch.setattr(ObjectBlobs, "put_named", die)
    with pytest.raises(Killed):
        house.publisher.publish(NOW)
    monkeypatch.setattr(ObjectBlobs, "put_named", real)
    deliveries.append(house.commit(release(2, 1), 2))
    other = Publisher(house.engine, open_blobs(place), tmp_path / "other-ledger")
    while other.publish(NOW) is not None:
        pass
    check_log(house.engine, house.blobs, tmp_path / "late", deliveries, tracks(house))
    other.close()
