"""The rules by which anchors become links. Their order and their reasons are this package's docstring."""

from collections.abc import Iterable, Sequence

import msgspec

from antiphon.identity.anchors import (
    artist_anchors,
    find_isrc,
    isrc_anchors,
    recording_anchors,
    register_of,
    release_keys,
    replaced_release_keys,
    scheme_of,
    track_anchors,
    work_anchors,
)
from antiphon.identity.credits import list_credits
from antiphon.identity.entity_ids import entity_id
from antiphon.identity.layout import list_track_places
from antiphon.identity.likeness import (
    PRIOR,
    SAME_ISRC_PRIOR,
    SAME_RECORDING,
    RecordingSketch,
    compare_recordings,
)
from antiphon.identity.links import MAX_CANDIDATES, Link, LinkBook
from antiphon.identity.names import loosen_name
from antiphon.identity.sketches import sketch_recording, sketch_resource, song_key
from antiphon.model.claims import Credit
from antiphon.model.entities import ArtistCredit, EntityKind, Recording
from antiphon.model.resources import Resource
from antiphon.model.statement import Statement

SAME_SONG = 0.97
"""The likeness from which two recordings of two providers are one without a common ISRC: all that is said agrees."""


SPELLED_LIKE = "like"
"""The scheme of the anchor an artist has beside its name: the name as loosely as two spellings of it are alike."""


class _Match(msgspec.Struct, frozen=True):
    """An entity that some rule found, how sure it is, and why. ``artists`` are those of a recording, by name."""

    entity_id: str
    score: float
    reasons: tuple[str, ...]
    artists: tuple[ArtistCredit, ...] = ()


class _Draft:
    """The links of one statement while they are found: what the record knows, and what was proposed so far."""

    def __init__(self, provider: str, known: LinkBook) -> None:
        self.provider = provider
        self.known = known
        self.links: dict[tuple[EntityKind, str], Link] = {}
        self.shared_artists: dict[str, str] = {}
        """Artists of recordings that another provider has too, by name."""

    def find(self, kind: EntityKind, anchor: str) -> Link | None:
        """Return this provider's link of an anchor: of this statement, or of an earlier one."""
        return self.links.get((kind, anchor)) or self.known.find_link(self.provider, kind, anchor)

    def anchors_of(self, entity: str) -> list[str]:
        """Return the anchors by which this provider knows an entity, those proposed so far included."""
        proposed = (anchor for (_, anchor), link in self.links.items() if link.entity_id == entity)
        return [*self.known.anchors_of(self.provider, entity), *proposed]

    def link(self, kind: EntityKind, anchors: Sequence[str], match: _Match | None) -> str:
        """Link each anchor that is not yet, to the match or to a new entity of the first; return the entity's id."""
        if match is None:
            match = _Match(entity_id(kind, self.provider, anchors[0]), 1.0, ("first seen",))
        for anchor in anchors:
            self.links[kind, anchor] = self.find(kind, anchor) or Link(
                provider=self.provider,
                kind=kind,
                anchor=anchor,
                entity_id=match.entity_id,
                score=match.score,
                reasons=match.reasons,
            )
        return match.entity_id


def match_release(provider: str, statement: Statement, known: LinkBook) -> str:
    """Return the key under which the provider's release is already known, else the statement's strongest key.

    Raises: Rejected (the provider's fault) where the statement names no release by an identifier.
    """
    match = _match_own_release(provider, statement, known)
    if match is None:
        return release_keys(statement)[0]
    anchors = known.anchors_of(provider, match.entity_id)
    made = (a for a in anchors if entity_id(EntityKind.ALBUM, provider, a) == match.entity_id)
    # A release that was transferred was made by another provider; its key is the first that was handed over.
    return next(made, anchors[0])


def list_asked_anchors(statement: Statement, release: str) -> tuple[tuple[EntityKind, str], ...]:
    """Return the anchors whose links ``propose_links`` asks for, each once: a book may look them up together."""
    resources = {resource.reference: resource for resource in statement.resources}
    places = track_anchors(statement, release)
    described = {place.resource_reference: resources[place.resource_reference] for place, _ in places}
    asked = [(EntityKind.ALBUM, key) for key in _list_keys(statement, release)]
    for place, anchor in places:
        resource = described[place.resource_reference]
        named = (*recording_anchors(resource, release, place), *isrc_anchors(resource))
        asked += [(EntityKind.RECORDING, name) for name in named]
        asked += [(EntityKind.TRACK, name) for name in (anchor, _track_alias(resource, release))]
        asked += [(EntityKind.WORK, name) for name in work_anchors(resource)]
    for credit in list_credits(statement):
        asked += [(EntityKind.ARTIST, name) for name in (*artist_anchors(credit), *_list_spellings(credit))]
    return tuple(dict.fromkeys(asked))


def propose_links(provider: str, release: str, statement: Statement, known: LinkBook) -> tuple[Link, ...]:
    """Return a link for every anchor of a statement, inherited ones as they are recorded, in a stable order.

    ``release`` is the key ``match_release`` gave. Whoever records them must hold a lock that keeps others from
    linking the same anchors meanwhile.
    """
    draft = _Draft(provider, known)
    keys = _list_keys(statement, release)
    draft.link(EntityKind.ALBUM, keys, _match_own_release(provider, statement, known))
    _link_recordings(draft, release, statement)
    _link_tracks(draft, release, statement)
    for credit in list_credits(statement):
        _link_artist(draft, credit)
    _link_works(draft, statement)
    return tuple(draft.links.values())


def _list_keys(statement: Statement, release: str) -> tuple[str, ...]:
    """Return every key a release is linked by: the one it is known under, then those the statement has."""
    return tuple(dict.fromkeys([release, *release_keys(statement), *replaced_release_keys(statement)]))


def _track_alias(resource: Resource, release: str) -> str:
    """Return the anchor under which a message that had only the ISRC would have known a track."""
    return f"{release}|isrc:{find_isrc(resource)}"


def _list_spellings(credit: Credit) -> tuple[str, ...]:
    """Return the anchors an artist has by name: as it is written, and as loosely as two spellings of it are alike."""
    loose = loosen_name(credit.name)
    return (artist_anchors(credit)[-1], *([f"{SPELLED_LIKE}:{loose}"] if loose else []))


def _match_own_release(provider: str, statement: Statement, known: LinkBook) -> _Match | None:
    unknown: set[str] = set()
    for key in release_keys(statement):
        link = known.find_link(provider, EntityKind.ALBUM, key)
        if link is not None and not _has_anchor(known.anchors_of(provider, link.entity_id), unknown):
            return _Match(link.entity_id, link.score, (f"inherited by {scheme_of(key)}",))
        unknown.add(scheme_of(key))
    for key in replaced_release_keys(statement):
        link = known.find_link(provider, EntityKind.ALBUM, key)
        if link is not None:
            return _Match(link.entity_id, link.score, (f"replaces {scheme_of(key)}",))
    return None


def _link_recordings(draft: _Draft, release: str, statement: Statement) -> None:
    """Link the recordings: all inherited ones first, so that an ISRC gives none of them to another resource."""
    resources = {resource.reference: resource for resource in statement.resources}
    places = {place.resource_reference: place for place in reversed(list_track_places(statement))}
    anchors = {r: recording_anchors(resources[r], release, place) for r, place in reversed(places.items())}
    found = {r: _inherit(draft, EntityKind.RECORDING, names) for r, names in anchors.items()}
    taken = {match.entity_id for match in found.values() if match is not None}
    linked: dict[str, str] = {}
    for reference, names in anchors.items():
        match = found[reference] or _inherit(draft, EntityKind.RECORDING, names)
        match = match or _match_own_isrc(draft, resources[reference], names[0], taken)
        match = match or _match_described(draft, resources[reference], taken)
        linked[reference] = draft.link(EntityKind.RECORDING, names, match)
        taken.add(linked[reference])
    for reference, entity in linked.items():
        for alias in isrc_anchors(resources[reference]):
            if draft.find(EntityKind.RECORDING, alias) is None:
                draft.link(EntityKind.RECORDING, (alias,), _Match(entity, 0.9, ("had this ISRC",)))


def _link_tracks(draft: _Draft, release: str, statement: Statement) -> None:
    """Link the tracks: by their anchors first, then by the ISRC under which an earlier message may have known them."""
    resources = {resource.reference: resource for resource in statement.resources}
    anchors = {anchor: place.resource_reference for place, anchor in track_anchors(statement, release)}
    found = {anchor: _inherit(draft, EntityKind.TRACK, (anchor,)) for anchor in anchors}
    taken = {match.entity_id for match in found.values() if match is not None}
    for anchor, reference in anchors.items():
        alias = _track_alias(resources[reference], release)
        names = (anchor,) if alias in anchors or (EntityKind.TRACK, alias) in draft.links else (anchor, alias)
        known_as = _inherit(draft, EntityKind.TRACK, names[1:])
        is_free = known_as is not None and known_as.entity_id not in taken
        taken.add(draft.link(EntityKind.TRACK, names, found[anchor] or (known_as if is_free else None)))


def _match_own_isrc(draft: _Draft, resource: Resource, anchor: str, taken: set[str]) -> _Match | None:
    """Return the recording that first had the ISRC here, also if no release has it now; None: it is another edition."""
    links = (draft.find(EntityKind.RECORDING, alias) for alias in isrc_anchors(resource))
    link = next((link for link in links if link is not None), None)
    if link is None or link.entity_id in taken or _has_anchor(draft.anchors_of(link.entity_id), {scheme_of(anchor)}):
        return None
    return _Match(link.entity_id, 0.9, ("same ISRC from the same provider",))


def _match_described(draft: _Draft, resource: Resource, taken: set[str]) -> _Match | None:
    """Return the recording of the catalogue that is described like this one, by its ISRC or by its song."""
    sketch = sketch_resource(resource)
    match = _match_isrc(draft, resource, sketch, taken) or _match_song(draft, sketch, taken)
    for credit in match.artists if match is not None else ():
        draft.shared_artists.setdefault(loosen_name(credit.name), credit.artist_id)
    return match


def _match_isrc(draft: _Draft, resource: Resource, sketch: RecordingSketch, taken: set[str]) -> _Match | None:
    isrc = find_isrc(resource)
    found = draft.known.find_recordings(isrc) if isrc else ()
    agreeing = _rank(sketch, found, SAME_ISRC_PRIOR, SAME_RECORDING)
    if len(agreeing) != 1 or agreeing[0].entity_id in taken:
        return None
    return msgspec.structs.replace(agreeing[0], reasons=("same ISRC", *agreeing[0].reasons))


def _match_song(draft: _Draft, sketch: RecordingSketch, taken: set[str]) -> _Match | None:
    key = song_key(sketch)
    found = draft.known.find_songs(key) if key and sketch.duration_ms else ()
    agreeing = _rank(sketch, found, PRIOR, SAME_SONG)
    if len(agreeing) != 1 or agreeing[0].entity_id in taken or draft.anchors_of(agreeing[0].entity_id):
        return None
    return msgspec.structs.replace(agreeing[0], reasons=("same song", *agreeing[0].reasons))


def _rank(sketch: RecordingSketch, found: Sequence[Recording], prior: float, least: float) -> list[_Match]:
    """Return a match for each recording that is at least so much alike, with what speaks for it; none of too many."""
    matches: list[_Match] = []
    if len(found) > MAX_CANDIDATES:
        return matches
    for recording in found:
        score, evidence = compare_recordings(sketch, sketch_recording(recording), prior)
        if score >= least:
            reasons = tuple(e.found for e in evidence)
            matches.append(_Match(recording.id, round(score, 3), reasons, recording.artists))
    return matches


def _link_artist(draft: _Draft, credit: Credit) -> None:
    claimed, spellings = artist_anchors(credit)[:-1], _list_spellings(credit)
    registers = {register_of(anchor) for anchor in claimed}
    match = (
        _inherit(draft, EntityKind.ARTIST, claimed)
        or _match_claimed_id(draft, EntityKind.ARTIST, claimed)
        or _match_name(draft, spellings[0], registers, 0.7, "same name from the same provider")
        or _match_shared_recording(draft, loosen_name(credit.name), registers)
        or _match_name(draft, spellings[-1], registers, 0.65, "a name spelled like it from the same provider")
    )
    draft.link(EntityKind.ARTIST, (*claimed, *spellings), match)


def _link_works(draft: _Draft, statement: Statement) -> None:
    """Link the works of the recordings by their ISWCs, which mean the same to everybody."""
    resources = {resource.reference: resource for resource in statement.resources}
    for place in list_track_places(statement):
        for anchor in work_anchors(resources[place.resource_reference]):
            match = _inherit(draft, EntityKind.WORK, (anchor,)) or _match_claimed_id(draft, EntityKind.WORK, (anchor,))
            draft.link(EntityKind.WORK, (anchor,), match)


def _match_claimed_id(draft: _Draft, kind: EntityKind, claimed: Iterable[str]) -> _Match | None:
    for anchor in claimed:
        for link in draft.known.find_links(kind, anchor):
            return _Match(link.entity_id, 0.95, (f"same {scheme_of(anchor).upper()} from another provider",))
    return None


def _match_shared_recording(draft: _Draft, loose_name: str, claimed_registers: set[str]) -> _Match | None:
    artist_id = draft.shared_artists.get(loose_name)
    if artist_id is None or _is_registered(draft.known.all_anchors_of(artist_id), claimed_registers):
        return None
    return _Match(artist_id, 0.9, ("same name on a recording both have",))


def _match_name(draft: _Draft, name: str, claimed_registers: set[str], score: float, reason: str) -> _Match | None:
    link = draft.find(EntityKind.ARTIST, name)
    if link is None or _is_registered(draft.anchors_of(link.entity_id), claimed_registers):
        return None
    return _Match(link.entity_id, score, (reason,))


def _inherit(draft: _Draft, kind: EntityKind, anchors: Iterable[str]) -> _Match | None:
    for anchor in anchors:
        link = draft.find(kind, anchor)
        if link is not None:
            return _Match(link.entity_id, link.score, (f"inherited by {scheme_of(anchor)}",))
    return None


def _has_anchor(anchors: Iterable[str], schemes: set[str]) -> bool:
    """Tell whether one of the anchors is of one of the schemes.

    Asked of schemes whose own ids did not find the entity: then it is known by another id of the scheme, and two ids
    of one scheme mean two entities.
    """
    return any(scheme_of(anchor) in schemes for anchor in anchors)


def _is_registered(anchors: Iterable[str], registers: set[str]) -> bool:
    """Tell whether one of an artist's anchors is from one of the registers: as with schemes, then it is another one."""
    return any(register_of(anchor) in registers for anchor in anchors)
