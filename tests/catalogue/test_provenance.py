"""What gave each field: the named source really holds the value, and nothing else does."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.catalogue import (
    OVERRIDABLE,
    ChosenRelease,
    ElementPlace,
    GivenField,
    choose_release,
    fields_of,
    needed_links,
    trace_fields,
)
from antiphon.identity import entity_id
from antiphon.model.claims import CopyrightLine, Credit, DeliveredId, Genre, IdScheme, Role, Scope, ScopedText
from antiphon.model.deals import Deal
from antiphon.model.decisions import Decision, Effect, Override, Takedown, TargetKind
from antiphon.model.entities import EntityKind
from antiphon.model.identifiers import InvalidIdentifier, parse_isrc
from antiphon.model.periods import Moment
from antiphon.model.releases import ResourceGroup
from antiphon.model.statement import Statement
from tests.builders import (
    a_cover,
    a_deal,
    a_moment,
    a_recording,
    a_release,
    a_statement,
    changed,
    some_deals,
    some_roles,
)
from tests.catalogue.statements import a_current, some_media

Key = tuple[EntityKind, str, str]
"""Kind and id of an entity, and the name of a field."""

RELEASE_KEY = "grid:A1-PROVENANCE"
TRACKS = 2
ICPNS = ("4006381333931", "00602577318801")
TURNED = {"Explicit": "NotExplicit", "NotExplicit": "Explicit", "Unknown": "Explicit", "Album": "Single"}

names = st.sampled_from(["Harbour", "Tide", "Lantern", "Mira Vale"])
scopes = st.builds(
    Scope,
    territories=st.sampled_from([(), ("DE",), ("Worldwide",)]),
    is_default=st.booleans(),
)
titles = st.lists(
    st.builds(ScopedText, value=names, subtitle=st.sampled_from(["", "Live"]), kind=st.just(""), scope=scopes),
    max_size=3,
).map(tuple)
genres = st.lists(st.builds(Genre, text=names, sub_genre=st.sampled_from(["", "Ambient"])), max_size=2).map(tuple)
lines = st.lists(st.builds(CopyrightLine, text=names), max_size=2).map(tuple)
moments = st.sampled_from([None, a_moment("2020"), a_moment("2024-02-29"), Moment("soon", a_moment("2020").kind)])
advisories = st.lists(st.sampled_from(["Explicit", "NotExplicit", "Unknown"]), max_size=2).map(lambda v: some_roles(*v))
types = st.lists(st.sampled_from(["Album", "Single", "EP", "Compilation"]), max_size=2).map(lambda v: some_roles(*v))
isrcs = st.lists(st.sampled_from(["nonsense", "QZANT2600011", "QZANT2600012"]), max_size=2, unique=True)
deals = st.lists(
    st.builds(
        lambda where, start: a_deal(territories=where, start=start),
        st.sampled_from([("NO",), ("SE", "DK")]),
        st.sampled_from(["2026-01-01", "2026-05-05"]),
    ),
    max_size=2,
)


@st.composite
def credits_of(draw: st.DrawFn) -> tuple[Credit, ...]:
    """Return credits with ids of their own, so that an artist stays the same whatever its name becomes."""
    numbers = draw(st.lists(st.integers(1, 3), max_size=2, unique=True))
    return tuple(
        Credit(
            name=draw(names),
            ids=(DeliveredId(scheme=IdScheme.IPI, text=f"0000000{number}"),),
            roles=some_roles("MainArtist"),
            sequence=draw(st.sampled_from([None, 1, 2])),
        )
        for number in numbers
    )


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    """Return a release of two tracks of which every text may be there once, several times or not at all."""
    recordings = tuple(
        a_recording(
            number,
            titles=draw(titles),
            display_artists=draw(credits_of()),
            display_artist_names=(),
            advisories=draw(advisories),
            duration_ms=draw(st.sampled_from([None, 180_000])),
            ids=(
                DeliveredId(scheme=IdScheme.PROPRIETARY, text=f"song-{number}", namespace="PADPIDA2014120301Q"),
                *(DeliveredId(scheme=IdScheme.ISRC, text=text) for text in draw(isrcs)),
            ),
        )
        for number in range(1, TRACKS + 1)
    )
    release = a_release(
        TRACKS,
        titles=draw(titles),
        display_artists=draw(credits_of()),
        display_artist_names=(),
        labels=draw(titles),
        genres=draw(genres),
        p_lines=draw(lines),
        c_lines=draw(lines),
        types=draw(types),
        is_compilation=draw(st.sampled_from([None, False, True])),
        release_date=draw(moments),
        original_release_date=draw(moments),
        ids=tuple(DeliveredId(scheme=IdScheme.ICPN, text=text) for text in draw(st.permutations(("bad", *ICPNS)))),
    )
    statement = a_statement(
        TRACKS,
        resources=(*recordings, a_cover()),
        release_deals=tuple(
            some_deals(*(changed(d, line=100 * n + i) for i, d in enumerate(draw(deals))), on=(f"R{n}",))
            for n in range(1, TRACKS + 1)
        ),
    )
    return as_kept(changed(statement, releases=(release, *statement.releases[1:])))


def as_kept(statement: Statement) -> Statement:
    """Return the statement as it comes back from the record, no two elements of it one object."""
    return msgspec.json.decode(msgspec.json.encode(statement), type=Statement)


def choose(statement: Statement, *, with_media: bool, decisions: Sequence[Decision] = ()) -> ChosenRelease:
    """Return the fields of a release whose ids do not depend on what is said."""
    linked = {(kind, anchor): entity_id(kind, "north", anchor) for kind, anchor in needed_links(statement, RELEASE_KEY)}
    current, _ = a_current(a_statement(TRACKS))
    media = some_media(statement) if with_media else {}
    return choose_release(
        changed(current, release_key=RELEASE_KEY, statement=statement, media=media), linked, decisions
    )


def list_entities(chosen: ChosenRelease) -> list[tuple[EntityKind, str]]:
    return [
        (EntityKind.ALBUM, chosen.album_id),
        *((EntityKind.TRACK, track.track_id) for track in chosen.tracks),
        *((EntityKind.RECORDING, recording_id) for recording_id in chosen.recordings),
        *((EntityKind.ARTIST, artist_id) for artist_id in chosen.names),
    ]


def trace(statement: Statement, *, with_media: bool, decisions: Sequence[Decision] = ()) -> dict[Key, GivenField]:
    """Return every field of every entity of a release, with what gave it."""
    chosen = choose(statement, with_media=with_media, decisions=decisions)
    return {
        (kind, one, field.name): field
        for kind, one in list_entities(chosen)
        for field in trace_fields(statement, fields_of(chosen, kind, one) or {})
    }


def find_value(statement: Statement, key: Key, *, with_media: bool, decisions: Sequence[Decision] = ()) -> object:
    """Return what a field says; None: there is no such entity any more."""
    kind, one, name = key
    fields = fields_of(choose(statement, with_media=with_media, decisions=decisions), kind, one)
    return fields[name].value if fields is not None else None


def rewrite(element: msgspec.Struct) -> msgspec.Struct:  # noqa: PLR0911 - a case for each kind of element
    """Return an element that says something else, of the same form and for the same listeners."""
    match element:
        case ScopedText(value=value):
            return changed(element, value=f"{value} anew")
        case Genre(text=text, sub_genre=sub):
            return changed(element, text=f"{text} anew", sub_genre=sub and f"{sub} anew")
        case CopyrightLine(text=text):
            return changed(element, text=f"{text} anew")
        case Credit(name=name):
            return changed(element, name=f"{name} anew")
        case Role(value=value):
            return changed(element, value=TURNED.get(value, "Album"))
        case Moment(text=text):
            return Moment(re.sub(r"^20(..)", r"21\1", text), element.kind)
        case DeliveredId(scheme=IdScheme.ICPN, text=text) if text in ICPNS:
            return changed(element, text="96385074")
        case DeliveredId(scheme=IdScheme.ISRC, text=text) if is_isrc(text):
            return changed(element, text=f"{text[:-1]}9")
        case Deal():
            return changed(element, territories=("FI",))
        case ResourceGroup(places=places):
            return changed(element, places=tuple(changed(p, sequence=9 - (p.sequence or 0)) for p in places))
    return element


def is_isrc(text: str) -> bool:
    try:
        return bool(parse_isrc(text))
    except InvalidIdentifier:
        return False


def walk(element: Any, part: str = "") -> Iterator[tuple[str, msgspec.Struct]]:
    if isinstance(element, msgspec.Struct):
        yield part, element
        for name in element.__struct_fields__:
            yield from walk(getattr(element, name), f"{part}.{name}".removeprefix("."))
    elif isinstance(element, tuple):
        for number, inner in enumerate(element):
            yield from walk(inner, f"{part}[{number}]")


def replaced(element: Any, changes: Mapping[str, Any], part: str = "") -> Any:
    """Return a statement with the elements at some parts replaced; below a replaced element nothing else is."""
    if part in changes:
        return changes[part]
    if isinstance(element, msgspec.Struct):
        return changed(
            element,
            **{
                name: replaced(getattr(element, name), changes, f"{part}.{name}".removeprefix("."))
                for name in element.__struct_fields__
            },
        )
    if isinstance(element, tuple):
        return tuple(replaced(inner, changes, f"{part}[{number}]") for number, inner in enumerate(element))
    return element


def rewritten(statement: Statement, parts: Sequence[str]) -> dict[str, Any]:
    """Return what else stands at each part, where another thing can be said there."""
    elements = dict(walk(statement))
    changes: dict[str, Any] = {}
    for part in parts:
        if part in elements:
            changes[part] = rewrite(elements[part])
        else:
            changes[part] = {"duration_ms": 5_000, "is_compilation": False}[part.rpartition(".")[2]]
    return {part: new for part, new in changes.items() if new != elements.get(part)}


@settings(max_examples=100, deadline=None)
@given(data=st.data(), statement=statements(), with_media=st.booleans())
def test_the_named_source_holds_the_value_and_nothing_else_does(
    data: st.DataObject, statement: Statement, with_media: bool
) -> None:
    before = trace(statement, with_media=with_media)
    leaves = [part for part, element in walk(statement) if rewrite(element) != element]
    for key in data.draw(st.lists(st.sampled_from(sorted(before)), min_size=3, max_size=6, unique=True)):
        field = before[key]
        named = [place.part for place in field.places]
        others = [
            part
            for part in leaves
            if not any(part.startswith(n) or n.startswith((f"{part}.", f"{part}[")) for n in named)
            and "group" not in part
        ]
        elsewise = replaced(statement, rewritten(statement, others))
        assert find_value(as_kept(elsewise), key, with_media=with_media) == field.value, (
            f"{key} is not from {named} alone"
        )
        turned = rewritten(statement, named)
        if turned and key[2] != "disc_number":
            other = replaced(statement, turned)
            assert find_value(as_kept(other), key, with_media=with_media) != field.value, f"{key} is not from {named}"


@settings(max_examples=30, deadline=None)
@given(statement=statements())
def test_a_field_from_a_file_is_another_without_it(statement: Statement) -> None:
    for key, field in trace(statement, with_media=True).items():
        assert (find_value(statement, key, with_media=False) != field.value) == bool(field.files), key


@settings(max_examples=30, deadline=None)
@given(data=st.data(), statement=statements())
def test_the_named_decisions_made_the_value_and_no_other_did(data: st.DataObject, statement: Statement) -> None:
    entities = [(TargetKind(kind.value), one) for kind, one in list_entities(choose(statement, with_media=True))]
    targets = st.sampled_from(entities).flatmap(lambda target: st.tuples(st.just(target), effects_on(target[0])))
    drawn = data.draw(st.lists(targets, max_size=6, unique_by=lambda one: (one[0], getattr(one[1], "field", ""))))
    decisions = [a_decision(number, kind, one, effect) for number, ((kind, one), effect) in enumerate(drawn, 1)]
    without = trace(statement, with_media=True)
    for key, field in trace(statement, with_media=True, decisions=decisions).items():
        named = [decision for decision in decisions if decision in field.decisions]
        alone = find_value(statement, key, with_media=True, decisions=named)
        assert alone == field.value, f"{key}: others than {named} had a part in it"
        others = [decision for decision in decisions if decision not in named]
        if named and field.value != without[key].value and "explicit" not in key[2]:
            assert find_value(statement, key, with_media=True, decisions=others) != field.value, key


def a_decision(number: int, kind: TargetKind, target_id: str, effect: Effect) -> Decision:
    return Decision(
        id=f"decision-{number}",
        effect=effect,
        target_kind=kind,
        target_id=target_id,
        decided_by="ana",
        decided_at=f"2026-11-{number:02}T10:00:00.000000Z",
        reason="a test",
    )


def effects_on(kind: TargetKind) -> st.SearchStrategy[Effect]:
    """Return what may be decided of an entity: a takedown, or another value that no statement of the test has."""
    values = {
        "type": st.sampled_from(["compilation", "single"]),
        "release_date": st.sampled_from(["1999", "1999-09-09"]),
        "genres": st.sampled_from([["Ska"], []]),
        **dict.fromkeys(("explicit", "is_explicit"), st.booleans()),
    }
    fields = sorted(OVERRIDABLE[kind])
    overrides = st.sampled_from(fields).flatmap(
        lambda field: values.get(field, st.just(f"Decided of {kind}")).map(
            lambda value: Override(field=field, value=msgspec.json.encode(value).decode())
        )
    )
    takedowns = st.sampled_from([(), ("NO",)]).map(lambda where: Takedown(territories=where))
    return st.one_of(overrides, takedowns)


def test_a_place_is_the_nearest_one_that_is_known() -> None:
    statement = as_kept(a_statement(TRACKS))
    fields = {key[::2]: field for key, field in trace(statement, with_media=True).items()}
    title, label = fields[EntityKind.TRACK, "title"], fields[EntityKind.ALBUM, "label"]
    assert title.places == (ElementPlace("resources[1].titles[0]", 20, "ResourceList/SoundRecording[2]"),)
    assert label.places == (ElementPlace("releases[0].labels[0]", 65, "ReleaseList/Release[1]"),)
    assert [(place.part, place.line) for place in fields[EntityKind.TRACK, "intervals"].places] == [
        ("release_deals[0].deals[0]", 90)
    ]
    assert not fields[EntityKind.TRACK, "duration_ms"].places
    assert fields[EntityKind.TRACK, "duration_ms"].files == (some_media(statement)["A2"],)
