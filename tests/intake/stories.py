"""Stories of one provider's releases, told by messages, and what must be left of them: the reference model.

The model shares no code with the product and knows no order of arrival: it sorts the messages of a story by the time
they claim, lets the last one about a release count, and takes each recording's audio from the last message before or
after it that brought some, of its own release first.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from antiphon.model.claims import DeliveredId, IdScheme, ScopedText
from antiphon.model.releases import ResourceGroup, ResourcePlace
from antiphon.model.resources import Resource
from antiphon.model.statement import MessageKind, Statement
from tests.builders import a_cover, a_moment, a_recording, a_release, a_statement, a_track_release, changed, some_deals
from tests.builders import a_deal as deal
from tests.intake.deliveries import an_icpn

NAMESPACE = "PADPIDA2014120301Q"
RECORDINGS = 5
"""Recordings of the label; its releases share some."""


@dataclass(frozen=True)
class Event:
    """One message. ``tracks``: numbers of recordings, in order; ``brings``: those whose file came with it, and which.

    ``day`` and ``batch`` are the time it claims; ``names``: the schemes of the ids it names its release by;
    ``is_well_named``: its recordings have the label's own ids beside their ISRCs.
    """

    story: int
    kind: str
    release: int
    day: int
    batch: int
    title: str
    tracks: tuple[int, ...] = ()
    brings: dict[int, str] = field(default_factory=dict)
    names: tuple[str, ...] = ("icpn",)
    is_well_named: bool = False

    @property
    def time(self) -> tuple[int, int]:
        """What orders the events of a story; no two of one story are alike."""
        return self.day, self.batch


@dataclass(frozen=True)
class KnownTrack:
    """A track as anybody can see it: which recording, under which title, with which file, and whether it plays."""

    recording: int
    title: str
    file: str | None
    is_granted: bool


def tell_story(seed: int) -> list[Event]:
    """Return the messages of a story: two releases, each inserted, updated, taken down, purged, inserted again."""
    chance = random.Random(seed)
    events: list[Event] = []
    for release in (1, 2):
        names = chance.choice((("icpn",), ("icpn", "proprietary")))
        kinds = ["insert", *(chance.choice(("update", "takedown", "purge", "insert")) for _ in range(3))]
        for number, kind in enumerate(kinds, 1):
            tracks = tuple(chance.sample(range(1, RECORDINGS + 1), chance.randint(1, 3)))
            carried = tracks if kind == "insert" else tuple(t for t in tracks if chance.random() < 0.3)
            events.append(
                Event(
                    story=seed,
                    kind=kind,
                    release=release,
                    # Some claim one time and are told apart by their batches, as real senders' are.
                    day=1 + number // 2,
                    batch=10 * number + release,
                    title=f"Story {seed}, release {release}, message {number}",
                    tracks=() if kind == "purge" else tracks,
                    brings={}
                    if kind in ("purge", "takedown")
                    else {t: f"{seed}-{release}-{number}-{t}" for t in carried},
                    names=(names[-1],) if kind == "purge" else names,
                    is_well_named=chance.random() < 0.3,
                )
            )
    return events


def shuffle_story(events: list[Event], seed: int) -> list[Event]:
    """Return the messages as they arrive: each once to three times, in any order."""
    chance = random.Random(seed)
    arriving = [event for event in events for _ in range(chance.choice((1, 1, 2, 3)))]
    chance.shuffle(arriving)
    return arriving


def remember_story(events: list[Event]) -> dict[int, tuple[str, tuple[KnownTrack, ...]]]:
    """Return what must be left: by release the title and the tracks. A release that was only purged is not there."""
    known = {}
    for release in sorted({event.release for event in events}):
        told = sorted((event for event in events if event.release == release), key=lambda event: event.time)
        described = [event for event in told if event.kind != "purge"]
        if described:
            last = described[-1]
            is_granted = told[-1].kind in ("insert", "update")
            known[release] = (last.title, tuple(_remember_tracks(last, events, is_granted=is_granted)))
    return known


def _remember_tracks(last: Event, events: list[Event], *, is_granted: bool) -> Iterator[KnownTrack]:
    for track in last.tracks:
        brought = sorted(
            (event for event in events if track in event.brings),
            key=lambda event: (event.release == last.release, event.time),
        )
        file = last.brings.get(track) or (brought[-1].brings[track] if brought else None)
        yield KnownTrack(recording=track, title=f"{last.title}, recording {track}", file=file, is_granted=is_granted)


def write_event(event: Event) -> Statement:
    """Return the message of an event."""
    header = changed(
        a_statement().header,
        message_id="" if event.day % 2 else f"M-{event.release}-{event.batch}",
        created=a_moment(f"2026-03-{event.day:02}T09:00:00Z"),
    )
    if event.kind == "purge":
        release = a_release(is_main=False, group=None, resources=(), ids=_release_ids(event))
        return a_statement(kind=MessageKind.PURGE, header=header, resources=(), releases=(release,), release_deals=())
    numbers = range(1, len(event.tracks) + 1)
    places = tuple(ResourcePlace(resource_reference=f"A{n}", sequence=n) for n in numbers)
    release = a_release(
        ids=_release_ids(event), titles=(ScopedText(value=event.title),), group=ResourceGroup(places=places)
    )
    granted = some_deals(deal(), on=tuple(f"R{n}" for n in numbers))
    return a_statement(
        header=header,
        resources=(*(_recording(event, n, track) for n, track in enumerate(event.tracks, 1)), a_cover()),
        releases=(release, *(a_track_release(n) for n in numbers)),
        release_deals=() if event.kind == "takedown" else (granted,),
    )


def isrc_of(story: int, track: int) -> str:
    """Return the ISRC of a recording; no two stories share one."""
    return f"QZANT26{story * 10 + track:05}"


def icpn_of(story: int, release: int) -> str:
    """Return the barcode of a release; no two stories share one."""
    return an_icpn(story * 10 + release)


def _release_ids(event: Event) -> tuple[DeliveredId, ...]:
    ids = {
        "icpn": DeliveredId(scheme=IdScheme.ICPN, text=icpn_of(event.story, event.release)),
        "proprietary": DeliveredId(scheme=IdScheme.PROPRIETARY, text=f"release-{event.release}", namespace=NAMESPACE),
    }
    return tuple(ids[name] for name in event.names)


def _recording(event: Event, number: int, track: int) -> Resource:
    own = DeliveredId(scheme=IdScheme.PROPRIETARY, text=f"recording-{track}", namespace=NAMESPACE)
    isrc = DeliveredId(scheme=IdScheme.ISRC, text=isrc_of(event.story, track))
    return a_recording(
        number,
        ids=(isrc, own) if event.is_well_named else (isrc,),
        titles=(ScopedText(value=f"{event.title}, recording {track}"),),
    )
