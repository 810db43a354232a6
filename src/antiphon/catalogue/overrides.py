"""Fields that have a value of ours: which there are, what each may be, and what they come to.

A decision wins over every statement, and of two about one field the last one made. What is decided of a recording
holds on every track that is it, on whoever's release, unless something is decided of that track itself; what an
artist is called holds wherever it is credited. So what was corrected once is right everywhere, and undoing it gives
back exactly what the statements say.

Only what is shown can be overridden. What entities are known by (ids, ISRC, barcode), what was decoded (durations,
audio) and what is granted are not: identity, files and deals say those, and other decisions are made about them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

import msgspec

from antiphon.catalogue.choices import Chosen, Credits, Source
from antiphon.model.decisions import Decision, Override, TargetKind
from antiphon.model.entities import AlbumType
from antiphon.model.errors import Refused

MAX_TEXT_LENGTH = 1_000
"""Characters; the longest real titles, of classical works with their movements, have some four hundred."""

MAX_GENRES = 20
"""Far more than anybody shows."""

_DATE_FORM = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")

Overrides = Mapping[tuple[TargetKind, str], Mapping[str, Any]]
"""The values of ours of each entity: by field, ``Chosen`` with the decision it is from; mostly there is none."""


class FieldForm(NamedTuple):
    """What a field may be: how a JSON value becomes its own (ValueError: it cannot), and that in words."""

    read: Callable[[Any], object]
    expected: str


def read_override(target_kind: TargetKind, effect: Override) -> object:
    """Return the value an override gives, as the field has it.

    Raises: Refused (the caller's fault) for a field that cannot be overridden, or a value that it cannot have; the
    message lists what is possible.
    """
    forms = OVERRIDABLE.get(target_kind, {})
    form = forms.get(effect.field)
    if form is None:
        possible = ", ".join(forms) or "none"
        raise Refused(
            "FieldNotOverridable",
            f"{effect.field[:40]!r} cannot be overridden; of {target_kind} entities these can: {possible}",
        )
    try:
        return form.read(msgspec.json.decode(effect.value))
    except ValueError as error:
        message = f"{effect.field} cannot be {effect.value[:80]}; expected {form.expected}"
        raise Refused("ValueNotPossible", message) from error


def collect_overrides(decisions: Iterable[Decision]) -> Overrides:
    """Return what decisions say of fields; undone ones say nothing, and the last word on a field counts."""
    found: dict[tuple[TargetKind, str], dict[str, Chosen[Any]]] = {}
    for decision in sorted(decisions, key=lambda one: (one.decided_at, one.id)):
        effect = decision.effect
        if isinstance(effect, Override) and not decision.is_undone:
            fields = found.setdefault((decision.target_kind, decision.target_id), {})
            fields[effect.field] = Chosen(read_override(decision.target_kind, effect), (decision,))
    return found


def rename_credits(given: Credits, overrides: Overrides) -> Credits:
    """Return credits with the names that were decided; such a name is from its decision, all else from the credit."""
    decided = {
        credit.artist_id: name
        for credit in given.value
        if (name := overrides.get((TargetKind.ARTIST, credit.artist_id), {}).get("name")) is not None
    }
    if not decided:
        return given
    value = tuple(
        msgspec.structs.replace(credit, name=decided[credit.artist_id].value) if credit.artist_id in decided else credit
        for credit in given.value
    )
    names: dict[str, Source] = {artist_id: name.sources[0] for artist_id, name in decided.items()}
    return Credits(value, (*given.sources, *names.values()), {**given.names, **names})


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    text = value.strip()
    if not 0 < len(text) <= MAX_TEXT_LENGTH or not text.isprintable():
        raise ValueError("empty, too long, or with characters that cannot be shown")
    return text


def _read_flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _read_date(value: object) -> str:
    text = _read_text(value)
    if not _DATE_FORM.fullmatch(text):
        raise ValueError("no date")
    date.fromisoformat(text + "YYYY-01-01"[len(text) :])
    return text


def _read_genres(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("no list")
    genres = tuple(map(_read_text, value))
    if len(genres) > MAX_GENRES or len(set(genres)) < len(genres):
        raise ValueError("too many, or one twice")
    return genres


_TEXT = FieldForm(_read_text, f"a text of 1 to {MAX_TEXT_LENGTH} characters that can be shown")
_FLAG = FieldForm(_read_flag, "true or false")
_DATE = FieldForm(_read_date, "a date as YYYY, YYYY-MM or YYYY-MM-DD")
_GENRES = FieldForm(_read_genres, f"a list of at most {MAX_GENRES} texts, none twice")
_TYPE = FieldForm(AlbumType, f"one of {', '.join(AlbumType)}")

OVERRIDABLE: Mapping[TargetKind, Mapping[str, FieldForm]] = {
    TargetKind.ALBUM: {"title": _TEXT, "type": _TYPE, "label": _TEXT, "release_date": _DATE, "genres": _GENRES},
    TargetKind.TRACK: {"title": _TEXT, "explicit": _FLAG},
    TargetKind.RECORDING: {"title": _TEXT, "is_explicit": _FLAG},
    TargetKind.ARTIST: {"name": _TEXT},
}
"""The fields of each kind of entity that may have a value of ours, and what each may be."""
