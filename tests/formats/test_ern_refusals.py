"""What the ERN reader refuses: hostile, broken and foreign input, each with a code, and never with anything else."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from antiphon.formats.ern import (
    Acknowledgement,
    Manifest,
    ManifestEntry,
    MessageStatus,
    parser,
    read_acknowledgement,
    read_manifest,
    read_message,
    write_acknowledgement,
    write_manifest,
)
from antiphon.model.claims import HashSum
from antiphon.model.errors import Rejected
from tests.formats.corpus import ACCEPTED, REJECTED, expected_refusals, sample_table

ROOT = b'<n:NewReleaseMessage xmlns:n="http://ddex.net/xml/ern/432">%b</n:NewReleaseMessage>'

SEED = 20260117
MUTATIONS = 2_000
"""Damaged messages of a run. Source: the row B2 of what we must survive."""
MANY_MUTATIONS = 200_000
"""Damaged messages of a long run. Source: the same row."""
OTHER_MUTATIONS = 250
"""Damaged manifests, and damaged acknowledgements."""
LONGEST_READ_S = 10
"""Seconds after which reading a small message counts as hanging, on however busy a machine."""


@pytest.mark.parametrize("path", REJECTED, ids=lambda path: path.name)
def test_every_hostile_or_foreign_file_is_refused_with_code_place_and_reason(path: Path) -> None:
    expected = expected_refusals()[path.name]
    with pytest.raises(Rejected) as refusal:
        read_message(path.read_bytes(), file=path.name)
    assert (refusal.value.code, refusal.value.place.line) == (expected.code, expected.line)
    assert expected.got in refusal.value.got
    assert refusal.value.place.file == path.name
    assert refusal.value.expected
    assert refusal.value.fix


def test_every_expected_refusal_has_its_file() -> None:
    assert set(expected_refusals()) == {path.name for path in REJECTED}


def test_a_message_above_the_size_limit_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Rejected, match="split the delivery"):
        read_message(ROOT % (b" " * parser.MAX_MESSAGE_BYTES))


def test_a_message_of_too_many_tags_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Rejected, match="too many elements"):
        read_message(ROOT % (b"<a/>" * parser.MAX_TAGS))


def test_nesting_up_to_the_limit_is_read_and_one_level_more_is_refused() -> None:
    def nested(levels: int) -> bytes:
        return ROOT % (b"<a>" * (levels - 1) + b"</a>" * (levels - 1))

    assert len(read_message(nested(parser.MAX_DEPTH)).unread) == 1
    with pytest.raises(Rejected, match="deeper nesting"):
        read_message(nested(parser.MAX_DEPTH + 1))


def test_a_message_of_nothing_but_unknown_elements_is_read_in_time() -> None:
    """A path per element that counts its siblings anew would take hours here."""
    started_s = time.perf_counter()
    unread = read_message(ROOT % (b"<a>x</a>" * 200_000)).unread
    assert unread[-1].startswith("/ and 198000 more")
    assert unread[1] == "/NewReleaseMessage/a[2] <a>x</a>"
    assert time.perf_counter() - started_s < LONGEST_READ_S


def test_an_unknown_element_in_a_namespace_that_is_no_address_is_kept() -> None:
    assert read_message(ROOT % b'<a xmlns:x="y" x:b="1">c</a>').unread == (
        '/NewReleaseMessage/a <a xmlns:x="y" x:b="1">c</a>',
    )


def test_groups_nested_up_to_the_limit_are_read() -> None:
    levels = parser.MAX_DEPTH - 3
    groups = b"<ResourceGroup>" * levels + b"</ResourceGroup>" * levels
    statement = read_message(ROOT % (b"<ReleaseList><Release>%b</Release></ReleaseList>" % groups))
    group, depth = statement.releases[0].group, 0
    while group is not None:
        group, depth = (group.groups[0] if group.groups else None), depth + 1
    assert depth == levels


def test_attributes_up_to_the_limit_are_read_and_one_more_is_refused() -> None:
    def attributed(count: int) -> bytes:
        return ROOT % b"<a %b/>" % b" ".join(b'a%d=""' % i for i in range(count))

    assert len(read_message(attributed(parser.MAX_ATTRIBUTES)).unread) == 1
    with pytest.raises(Rejected, match="more attributes"):
        read_message(attributed(parser.MAX_ATTRIBUTES + 1))


def test_a_doctype_in_a_comment_or_in_character_data_is_no_doctype() -> None:
    commented = (
        b"<!-- <!DOCTYPE m> -->"
        + ROOT % b"<MessageHeader><MessageId><![CDATA[<!DOCTYPE m>]]></MessageId></MessageHeader>"
    )
    assert read_message(commented).header.message_id == "<!DOCTYPE m>"


def test_numbers_and_durations_without_measure_are_not_read() -> None:
    digits = b"9" * 5000
    recording = (
        b"<ResourceList><SoundRecording><Duration>PT%bS</Duration><DisplayArtist SequenceNumber='%b'/>"
        b"<TechnicalDetails><BitRate>1e400</BitRate><NumberOfChannels>%b</NumberOfChannels><SamplingRate>NaN</SamplingRate>"
        b"<File><URI>a.flac</URI></File></TechnicalDetails></SoundRecording></ResourceList>"
    )
    resource = read_message(ROOT % recording % (digits, digits, digits)).resources[0]
    claim = resource.files[0]
    assert (resource.duration_ms, resource.display_artists[0].sequence) == (None, None)
    assert (claim.bitrate_kbps, claim.channels, claim.sample_rate_hz) == (None, None, None)


def test_no_damage_to_a_message_gets_anything_but_a_statement_or_a_refusal() -> None:
    for path in ACCEPTED:
        damage_and_read(path.read_bytes(), path.name, -(-MUTATIONS // len(ACCEPTED)))


@pytest.mark.fuzz
def test_no_damage_gets_anything_but_a_statement_or_a_refusal_however_often() -> None:
    for path in ACCEPTED:
        damage_and_read(path.read_bytes(), path.name, -(-MANY_MUTATIONS // len(ACCEPTED)))


@pytest.mark.parametrize("read", [read_manifest, read_acknowledgement])
def test_no_damage_to_a_manifest_or_an_acknowledgement_gets_anything_but_a_refusal(
    read: Callable[..., object],
) -> None:
    entry = ManifestEntry(path="R1/R1.xml", message_id="M1", hash_sum=HashSum(algorithm="MD5", value="00"))
    data = write_manifest(Manifest(messages=(entry,), is_test=True))
    if read is read_acknowledgement:
        created = datetime(2026, 1, 5, tzinfo=UTC)
        statuses = (MessageStatus(code="ResourceMissing", text="no file"),)
        data = write_acknowledgement(Acknowledgement(message_id="A1", created=created, statuses=statuses))
    read(data)
    damage_and_read(data, read.__name__, OTHER_MUTATIONS, read)


def test_no_damage_to_a_real_message_gets_anything_but_a_statement_or_a_refusal(shared: Path) -> None:
    for name in sorted(sample_table(shared)):
        data = (shared / "samples" / name).read_bytes()
        if len(data) < 20_000:
            damage_and_read(data, name, 8)


def damage_and_read(data: bytes, name: str, mutations: int, read: Callable[..., object] = read_message) -> None:
    """Read damaged copies of a message. Any exception but a refusal fails the test, with seed and step to repeat it."""
    chance = random.Random(f"{SEED}:{name}")
    for step in range(mutations):
        damaged = damage(data, chance)
        started_s = time.perf_counter()
        try:
            with suppress(Rejected):
                read(damaged, file=name)
        except Exception:
            print(f"{name}, seed {SEED}, step {step}")
            raise
        assert time.perf_counter() - started_s < LONGEST_READ_S, f"{name}, seed {SEED}, step {step}"


def damage(data: bytes, chance: random.Random) -> bytes:
    """Return the data with one to four faults: bytes changed, cut out, doubled, or tags swapped for others."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(data) + 1)
        stop = min(len(data), start + chance.choice((1, 1, 3, 40, 4000)))
        match chance.randrange(6):
            case 0:
                data = data[:start] + chance.randbytes(stop - start) + data[stop:]
            case 1:
                data = data[:start] + data[stop:]
            case 2:
                data = data[:stop] + data[start:stop] + data[stop:]
            case 3:
                data = data[:stop]
            case 4:
                tags = (b"Release", b"Title", b"PartyName", b"Duration", b"Deal", b"TerritoryCode", b"File")
                data = data.replace(chance.choice(tags), chance.choice(tags))
            case _:
                data = data[:start] + chance.choice((b"<", b"&", b"\x00", b"\xff\xfe", b"]]>", b"<!")) + data[start:]
        if not data:
            break
    return data
