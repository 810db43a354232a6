"""Segments, versions and the overlay: what goes in comes out, and anything else is refused."""

import random
import struct
import tracemalloc
import zlib

import cramjam
import msgspec
import pytest

from antiphon.model.decisions import TargetKind
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Broken
from antiphon.model.territories import Territory
from antiphon.rights import bitset_of
from antiphon.segments import (
    NO_DENIALS,
    NO_PARENT,
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
    iter_segment,
    read_parent,
    version_name,
)
from antiphon.segments.packing import MAX_BLOCK_BYTES, pack_entries
from antiphon.segments.segment import _CHECKED, FORM, MAX_EXPANDED_BYTES

SE, DE = Territory("SE"), Territory("DE")
ROW = SearchRow(kind=EntityKind.TRACK, title="Ouvertüre", markets=bytes(32), artists=("Ægir",), years=(2026,))
ENTRIES = (Entry(key=b"\x04a", document=b"\x00" * 500, search=ROW), Entry(key=b"\x04b"))
VERSION = VersionRecord(version=3, segment="s", parent="p", record_version=9, announced_at="2026-11-22T10:00:00Z")


def a_denial(decision_id: str, entity_id: str, *territories: Territory) -> Denial:
    return Denial(decision_id=decision_id, kind=TargetKind.TRACK, entity_id=entity_id, territories=territories)


def a_segment(blocks: bytes, *, entries: int = len(ENTRIES), size: int = 0) -> bytes:
    """Return a segment that says what it is told to, with a checksum that holds."""
    checked = _CHECKED.pack(FORM, bytes(32), entries, size)
    return checked + zlib.crc32(blocks, zlib.crc32(checked)).to_bytes(4, "little") + blocks


def test_a_segment_that_says_a_wrong_size_is_broken_before_it_takes_the_room() -> None:
    ((size, block),) = pack_entries(ENTRIES)
    packed = block[8:]
    assert decode_segment(a_segment(block)) == ENTRIES
    for lie in (0, 1, size - 1, size + 1, 1 << 20, MAX_BLOCK_BYTES + 1, (1 << 32) - 1):
        with pytest.raises(Broken, match="block"):
            decode_segment(a_segment(struct.pack("<II", len(packed), lie) + packed))
    for lie in (len(packed) - 1, len(packed) + 1, (1 << 32) - 1):
        with pytest.raises(Broken):
            decode_segment(a_segment(struct.pack("<II", lie, size) + packed))
    with pytest.raises(Broken, match="limit"):
        decode_segment(a_segment(block, size=MAX_EXPANDED_BYTES + 1))
    for entries in (1, 3):
        with pytest.raises(Broken, match="it has 2"):
            decode_segment(a_segment(block, entries=entries))


def test_a_block_that_expands_without_bound_takes_no_more_room_than_it_says() -> None:
    bomb = bytes(cramjam.zstd.compress(bytes(64 << 20), level=1))
    tracemalloc.start()
    with pytest.raises(Broken, match="does not"):
        decode_segment(a_segment(struct.pack("<II", len(bomb), 1000) + bomb))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


def test_a_segment_of_another_form_is_broken() -> None:
    with pytest.raises(Broken, match="starts with"):
        decode_segment(b"ASEG\x00\x00\x00\x01" + encode_segment(ENTRIES, NO_PARENT)[8:])


def test_every_flipped_bit_of_a_segment_is_found() -> None:
    sound = encode_segment(ENTRIES, "ab" * 32)
    for place in range(len(sound)):
        damaged = bytearray(sound)
        damaged[place] ^= 1 << place % 8
        with pytest.raises(Broken):
            read_parent(bytes(damaged))


@pytest.mark.parametrize("parent", ["no hash", "ab" * 31, "ab" * 33, "zz" * 32])
def test_a_parent_that_is_no_segment_is_broken(parent: str) -> None:
    with pytest.raises(Broken, match="follows"):
        encode_segment(ENTRIES, parent)


def test_a_segment_names_its_parent() -> None:
    assert read_parent(encode_segment((), NO_PARENT)) == NO_PARENT
    assert read_parent(encode_segment(ENTRIES, "ab" * 32)) == "ab" * 32


def test_a_segment_of_many_blocks_is_never_expanded_whole() -> None:
    entries = [
        Entry(key=b"\x04%06d" % number, document=random.Random(number).randbytes(4000)) for number in range(2000)
    ]
    data = encode_segment(entries, NO_PARENT)
    assert decode_segment(data) == tuple(entries)
    tracemalloc.start()
    assert sum(len(entry.key) for entry in iter_segment(data)) == 14_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(data) / 2


@pytest.mark.parametrize("decode", [decode_segment, decode_version, decode_overlay])
def test_hostile_bytes_are_broken_and_nothing_else(decode: object) -> None:
    seed = 20261122
    print(f"seed {seed}")
    generator = random.Random(seed)
    sound = [encode_segment(ENTRIES, NO_PARENT), encode_version(VERSION), encode_overlay(NO_DENIALS)]
    for _ in range(600):
        data = bytearray(generator.choice(sound))
        del data[generator.randrange(len(data)) :]
        for _ in range(generator.randrange(4)):
            data.insert(generator.randrange(len(data) + 1), generator.randrange(256))
        with pytest.raises(Broken):
            decode(bytes(data))  # type: ignore[operator]  # each of the three takes bytes


def test_a_key_given_twice_is_broken() -> None:
    with pytest.raises(Broken, match="twice"):
        encode_segment((Entry(key=b"a"), Entry(key=b"a", document=b"x")), NO_PARENT)


def test_a_segment_comes_out_as_it_went_in_and_is_the_same_bytes_each_time() -> None:
    assert decode_segment(encode_segment(ENTRIES, NO_PARENT)) == ENTRIES
    assert decode_segment(encode_segment((), NO_PARENT)) == ()
    assert encode_segment(ENTRIES, NO_PARENT) == encode_segment(ENTRIES, NO_PARENT)


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
