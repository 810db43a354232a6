"""Segments, versions and the overlay: what goes in comes out, and anything else is refused."""

import random
import zlib

import msgspec
import pytest

from antiphon.model.decisions import TargetKind
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Broken
from antiphon.model.territories import Territory
from antiphon.rights import bitset_of
from antiphon.segments import (
    NO_DENIALS,
    Denial,
    Entry,
    Overlay,
    SearchRow,
    VersionRecord,
    decode_overlay,
    decode_segment,
    decode_version,
    encode_overlay,
    encode_segment,
    encode_version,
    version_name,
)
from antiphon.segments.segment import _HEADER, FORM, MAX_EXPANDED_BYTES

SE, DE = Territory("SE"), Territory("DE")
ROW = SearchRow(kind=EntityKind.TRACK, title="Ouvertüre", markets=bytes(32), artists=("Ægir",), year=2026)
ENTRIES = (Entry(key=b"\x04a", document=b"\x00" * 500, search=ROW), Entry(key=b"\x04b"))
VERSION = VersionRecord(version=3, segment="s", parent="p", record_version=9, announced_at="2026-11-22T10:00:00Z")


def a_denial(decision_id: str, entity_id: str, *territories: Territory) -> Denial:
    return Denial(decision_id=decision_id, kind=TargetKind.TRACK, entity_id=entity_id, territories=territories)


def test_a_segment_that_says_a_wrong_size_is_broken() -> None:
    payload = zlib.compress(msgspec.msgpack.encode({"entries": []}))
    for size in (0, 9, 11, 1 << 20):
        with pytest.raises(Broken):
            decode_segment(_HEADER.pack(FORM, size) + payload)
    with pytest.raises(Broken, match="limit"):
        decode_segment(_HEADER.pack(FORM, MAX_EXPANDED_BYTES + 1) + payload)


def test_a_segment_of_another_form_is_broken() -> None:
    with pytest.raises(Broken, match="starts with"):
        decode_segment(b"ASEG\x00\x00\x00\x02" + encode_segment(ENTRIES)[8:])


@pytest.mark.parametrize("decode", [decode_segment, decode_version, decode_overlay])
def test_hostile_bytes_are_broken_and_nothing_else(decode: object) -> None:
    seed = 20261122
    print(f"seed {seed}")
    generator = random.Random(seed)
    sound = [encode_segment(ENTRIES), encode_version(VERSION), encode_overlay(NO_DENIALS)]
    for _ in range(600):
        data = bytearray(generator.choice(sound))
        del data[generator.randrange(len(data)) :]
        for _ in range(generator.randrange(4)):
            data.insert(generator.randrange(len(data) + 1), generator.randrange(256))
        with pytest.raises(Broken):
            decode(bytes(data))  # type: ignore[operator]  # each of the three takes bytes


def test_a_key_given_twice_is_broken() -> None:
    with pytest.raises(Broken, match="twice"):
        encode_segment((Entry(key=b"a"), Entry(key=b"a", document=b"x")))


def test_a_segment_comes_out_as_it_went_in_and_is_the_same_bytes_each_time() -> None:
    assert decode_segment(encode_segment(ENTRIES)) == ENTRIES
    assert decode_segment(encode_segment(())) == ()
    assert encode_segment(ENTRIES) == encode_segment(ENTRIES)


def test_a_version_is_named_by_its_number_and_determined_by_its_fields() -> None:
    assert version_name(12) == "versions/00000012"
    assert decode_version(encode_version(VERSION)) == VERSION
    for number in (0, -1, 10**8):
        with pytest.raises(Broken):
            version_name(number)


def test_an_overlay_with_a_territory_nobody_knows_is_broken() -> None:
    data = encode_overlay(Overlay(sequence=1, written_at="", denials=(a_denial("d", "t", SE),)))
    with pytest.raises(Broken, match="unknown territories: QQ"):
        decode_overlay(data.replace(b'"SE"', b'"QQ"'))


def test_an_overlay_is_a_set() -> None:
    denials = (a_denial("d2", "t2", SE), a_denial("d1", "t1"))
    one, other = (Overlay(sequence=1, written_at="x", denials=d) for d in (denials, denials[::-1]))
    assert encode_overlay(one) == encode_overlay(other)
    assert set(decode_overlay(encode_overlay(one)).denials) == set(denials)


def test_denials_of_one_entity_add_up() -> None:
    overlay = Overlay(sequence=1, written_at="", denials=(a_denial("d1", "t", SE), a_denial("d2", "t", DE)))
    denied = overlay.denied_at(0)
    assert denied.ids == {b"t"}
    assert denied.bits == {b"t": bitset_of((SE, DE))}
    assert NO_DENIALS.denied_at(0).ids == frozenset()


def test_a_denial_ends_at_its_second_and_what_is_denied_is_the_same_object_until_then() -> None:
    ending = msgspec.structs.replace(a_denial("d1", "t"), ends_at=100)
    overlay = decode_overlay(encode_overlay(Overlay(sequence=1, written_at="", denials=(ending, a_denial("d2", "u")))))
    assert overlay.denied_at(99).ids == {b"t", b"u"}
    assert overlay.denied_at(98) is overlay.denied_at(99)
    assert overlay.denied_at(100).ids == {b"u"}
    assert overlay.denied_at(99).ids == {b"t", b"u"}
