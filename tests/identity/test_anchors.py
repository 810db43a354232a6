"""What a release, a recording and an artist are called by, whatever message they come in."""

import pytest

from antiphon.identity import artist_anchors, image_anchor, release_key, release_keys, resource_anchors, track_anchors
from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.errors import Rejected
from antiphon.model.statement import MessageKind, Statement
from tests.builders import ARTIST, a_cover, a_recording, a_release, a_statement, changed

ICPN = DeliveredId(scheme=IdScheme.ICPN, text="4006381333931")
GRID = DeliveredId(scheme=IdScheme.GRID, text="A1-2425G-ABC1234002-M")
OWN = DeliveredId(scheme=IdScheme.PROPRIETARY, text="r-17", namespace="PADPIDA2014120301Q")
CATALOG = DeliveredId(scheme=IdScheme.CATALOG_NUMBER, text="PL001", namespace="PADPIDA2014120301Q")


def _with_release_ids(*ids: DeliveredId) -> Statement:
    return a_statement(releases=(a_release(ids=ids),))


@pytest.mark.parametrize(
    ("ids", "code"),
    [
        ((), "MetadataMissing"),
        ((changed(ICPN, text="4006381333932"),), "IdentifierInvalid"),
        ((changed(ICPN, is_replaced=True),), "IdentifierInvalid"),
        ((DeliveredId(scheme=IdScheme.ISRC, text="QZANT2600001"),), "IdentifierInvalid"),
    ],
)
def test_a_release_without_a_usable_identifier_is_rejected(ids: tuple[DeliveredId, ...], code: str) -> None:
    with pytest.raises(Rejected) as caught:
        release_key(_with_release_ids(*ids))
    assert caught.value.code == code
    assert caught.value.place.line == 65


def test_a_statement_without_a_main_release_is_rejected() -> None:
    with pytest.raises(Rejected, match="no main release"):
        release_key(a_statement(releases=()))


@pytest.mark.parametrize(
    ("ids", "keys"),
    [
        (
            (CATALOG, OWN, ICPN, GRID),
            ("grid:A12425GABC1234002M", "icpn:04006381333931", "proprietary:PADPIDA2014120301Q:r-17"),
        ),
        ((changed(ICPN, text="0 4006381-333931"),), ("icpn:04006381333931",)),
        ((CATALOG,), ("catalog_number:PADPIDA2014120301Q:PL001",)),
        ((changed(ICPN, text="4006381333932"), CATALOG), ("catalog_number:PADPIDA2014120301Q:PL001",)),
    ],
)
def test_the_strongest_identifier_is_the_key(ids: tuple[DeliveredId, ...], keys: tuple[str, ...]) -> None:
    assert release_keys(_with_release_ids(*ids)) == keys


def test_a_purge_is_keyed_by_the_release_it_names() -> None:
    purge = a_statement(kind=MessageKind.PURGE, releases=(a_release(is_main=False),), resources=(), release_deals=())
    assert release_key(purge) == "icpn:04006381333931"


def test_a_recording_is_known_by_the_providers_own_id_before_its_isrc_and_else_by_its_place() -> None:
    own = a_recording(1, ids=(*a_recording(1).ids, DeliveredId(scheme=IdScheme.PROPRIETARY, text="7", namespace="N")))
    statement = a_statement(3, resources=(own, a_recording(2), a_recording(3, ids=()), a_cover()))
    assert resource_anchors(statement, "icpn:1") == {
        "A1": "proprietary:N:7",
        "A2": "isrc:QZANT2600002",
        "A3": "place:icpn:1:1:3",
        "A90": "image:icpn:1:FrontCoverImage:1",
    }


def test_a_recording_twice_on_a_release_makes_two_tracks_of_which_the_first_keeps_its_anchor() -> None:
    release = a_release(2)
    assert release.group is not None
    again = changed(release.group.places[0], sequence=3)
    group = changed(release.group, places=(*release.group.places, again))
    statement = a_statement(releases=(changed(release, group=group),))
    assert [anchor for _, anchor in track_anchors(statement, "icpn:1")] == [
        "icpn:1|isrc:QZANT2600001",
        "icpn:1|isrc:QZANT2600002",
        "icpn:1|isrc:QZANT2600001|1:3",
    ]


def test_an_image_with_an_id_of_its_own_is_known_by_it() -> None:
    cover = a_cover(ids=(OWN,))
    assert image_anchor(a_statement(), cover, "icpn:1") == "proprietary:PADPIDA2014120301Q:r-17"


@pytest.mark.parametrize(
    ("text", "anchors"),
    [("14107338", ("ipi:00014107338",)), ("I-000.000.229-7", ("ipi:I0000002297",)), ("00000000000", ())],
)
def test_an_ipi_is_known_with_or_without_its_leading_zeros_and_a_placeholder_not(
    text: str, anchors: tuple[str, ...]
) -> None:
    ids = (DeliveredId(scheme=IdScheme.IPI, text=text),)
    assert artist_anchors(changed(ARTIST, ids=ids))[:-1] == anchors


def test_an_artist_is_known_by_claimed_ids_strongest_first_and_last_by_name() -> None:
    credit = changed(
        ARTIST,
        name="  The  TIDEMARKS ",
        ids=(
            DeliveredId(scheme=IdScheme.PROPRIETARY, text="9", namespace="internal"),
            DeliveredId(scheme=IdScheme.PROPRIETARY, text="8", namespace="PADPIDA2014120301Q"),
            DeliveredId(scheme=IdScheme.IPI, text="00012345678"),
            DeliveredId(scheme=IdScheme.ISNI, text="0000 0001 2103 2683"),
        ),
    )
    assert artist_anchors(credit) == (
        "proprietary:PADPIDA2014120301Q:8",
        "isni:0000000121032683",
        "ipi:00012345678",
        "name:the tidemarks",
    )
