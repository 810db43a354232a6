"""One client's loop starves nobody: its requests have a rate, and it is told when to come back."""

import pytest

from antiphon.access import Tier
from antiphon.surfaces.reads import ReadPath, ReadSettings
from antiphon.surfaces.reads.quota import BURST_S, MAX_CLIENTS_KEPT, Quota
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import KEYS, NOW, Shelf, an_id


def drain(quota: Quota, client: str, now_s: float) -> int:
    """Take out what there is and return how much."""
    bucket = quota.fill(client, now_s)
    taken = int(bucket.left)
    bucket.left -= taken
    return taken


def test_an_empty_bucket_refuses_and_says_when_to_come_back(shelf: Shelf) -> None:
    limited = ReadPath(shelf.replica, shelf.blobs, KEYS, ReadSettings(rate_per_s=0.1))
    path = f"/v1/tracks/{an_id('Harbour Lights 1')}?market=SE"
    assert ask(limited, path).status == 200
    refused = ask(limited, path)
    assert refused.status == 429
    assert refused.headers["retry-after"] == "11"
    assert refused.content["reason"] == "rate_limit_exceeded"
    assert ask(limited, path, tier=Tier.FREE).status in (200, 429)  # of the same client


def test_a_burst_is_allowed_and_then_the_rate() -> None:
    quota = Quota(5)
    assert drain(quota, "a", 100.0) == 5 * BURST_S
    assert drain(quota, "a", 101.0) == 5
    assert drain(quota, "b", 101.0) == 5 * BURST_S
    assert drain(quota, "a", 10_000.0) == 5 * BURST_S


def test_a_clock_that_is_set_back_gives_and_takes_nothing() -> None:
    quota = Quota(5)
    drain(quota, "a", 100.0)
    assert drain(quota, "a", 50.0) == 0
    assert drain(quota, "a", 51.0) == 5


def test_without_a_rate_there_is_no_limit() -> None:
    assert Quota(0).fill("a", 1.0).left == float("inf")


def test_clients_are_kept_within_a_bound() -> None:
    quota = Quota(1)
    for number in range(MAX_CLIENTS_KEPT + 5):
        quota.fill(f"client {number}", 1.0)
    assert len(quota._buckets) <= MAX_CLIENTS_KEPT


@pytest.mark.parametrize("path", ["/v1/openapi.json", "/images/" + "0" * 64])
def test_what_needs_no_token_has_no_bucket(shelf: Shelf, path: str) -> None:
    limited = ReadPath(shelf.replica, shelf.blobs, KEYS, ReadSettings(rate_per_s=0.1))
    assert {ask(limited, path, tier=None, now=NOW).status for _ in range(5)} <= {200, 404}
