"""Credits, name by name: where a name stands in a message and what it is credited for.

A message names the same artist on the release and on every track. Rules about names ask once per name and tell its
first place, so that a fault in one name is one finding.
"""

import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

from antiphon.model.claims import Credit, DeliveredId, Role
from antiphon.model.releases import Release
from antiphon.model.resources import Resource

ROLE_LENGTH_READ = 100
"""Characters of a role that are looked at, and kept: the longest of the standard has 40."""


class NameUse(msgspec.Struct, kw_only=True):
    """A name and its places, each with the credit that has it; None: only a display line does."""

    name: str
    uses: list[tuple[Release | Resource, Credit | None]]

    @property
    def place(self) -> Release | Resource:
        """The first place of the name."""
        return self.uses[0][0]

    @property
    def line(self) -> int:
        """The line of the first credit of the name; 0: that of the place."""
        credit = self.uses[0][1]
        return credit.line if credit else 0

    @property
    def credits(self) -> list[Credit]:
        """The credits of the name; empty where only display lines have it."""
        return [credit for _, credit in self.uses if credit is not None]

    @property
    def ids(self) -> tuple[DeliveredId, ...]:
        """The ids of the party, as far as any of its credits has some."""
        return next((credit.ids for credit in self.credits if credit.ids), ())

    @property
    def extent(self) -> str:
        """On how many parts of the message the name stands, for a finding; empty where on one."""
        count = len({place.reference for place, _ in self.uses})
        return f" ({count} times)" if count > 1 else ""


def used_names(parts: Iterable[Release | Resource]) -> dict[str, NameUse]:
    """Return the display artists by name, in message order; display lines count where a part has no credits."""
    uses: dict[str, NameUse] = {}
    for part in parts:
        named = False
        for credit in part.display_artists:
            if credit.name:
                named = True
                _add_use(uses, credit.name, part, credit)
        if not named:
            for line in part.display_artist_names:
                if line.value:
                    _add_use(uses, line.value, part, None)
    return uses


def used_contributor_names(tracks: Iterable[Resource]) -> dict[str, NameUse]:
    """Return the contributors of tracks by name, in message order."""
    uses: dict[str, NameUse] = {}
    for track in tracks:
        for credit in track.contributors:
            if credit.name:
                _add_use(uses, credit.name, track, credit)
    return uses


def fold_name(name: str) -> str:
    """Return the form two names are compared in: without case, width and white space that says nothing."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def role_word(role: Role) -> str:
    """Return a role's word, cut to be read: the sender's own where the standard has none."""
    return (role.user_value or role.value)[:ROLE_LENGTH_READ]


def role_words(credits_: Iterable[Credit]) -> Iterator[str]:
    """Yield every role word of credits, repetitions included."""
    for credit in credits_:
        for role in credit.roles:
            yield role_word(role)


def _add_use(uses: dict[str, NameUse], name: str, place: Release | Resource, credit: Credit | None) -> None:
    use = uses.get(name)
    if use is None:
        use = uses[name] = NameUse(name=name, uses=[])
    use.uses.append((place, credit))
