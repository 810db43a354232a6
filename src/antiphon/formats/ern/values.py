"""Values that stand in many places: moments, durations, roles, scopes. Equal ones are made once per message."""

import re

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import Children, all_texts, is_true, trimmed_text
from antiphon.model.claims import Role, Scope
from antiphon.model.periods import Moment, MomentKind

EVERYWHERE = Scope()
_WORLDWIDE = ("Worldwide",)

_ZONE = re.compile(r"Z|[+-][0-9]{2}:?[0-9]{2}", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.(?P<fraction>\d*))?S)?)?",
    re.ASCII,
)
_LONGEST_DURATION = 60
"""Characters of a duration; longer ones are noise, and numbers in them would be without bound."""


def parse_moment(text: str) -> Moment | None:
    """Return the date or time with what its lexical form leaves open; None where there is no text.

    The text is not checked further: a date that is none is kept for a rule to report.
    """
    if not text:
        return None
    _, separator, time = text.partition("T")
    if not separator:
        return Moment(text, MomentKind.DATE)
    return Moment(text, MomentKind.INSTANT if _ZONE.search(time) else MomentKind.LOCAL)


def parse_duration_ms(text: str) -> int | None:
    """Return an ISO 8601 duration in milliseconds, fractions of one dropped.

    None where the text is none, or where years or months leave its length open.
    """
    match = _DURATION.fullmatch(text) if 2 < len(text) <= _LONGEST_DURATION else None
    if not match or text.endswith("T"):
        return None
    parts = match.groupdict(default="0")
    if int(parts["years"]) or int(parts["months"]):
        return None
    hours = int(parts["days"]) * 24 + int(parts["hours"])
    seconds = (hours * 60 + int(parts["minutes"])) * 60 + int(parts["seconds"])
    return seconds * 1000 + int(parts["fraction"].ljust(3, "0")[:3])


def format_duration(duration_ms: int) -> str:
    """Return a duration as ERN writes it: PT3M29S, PT1H2M3.250S. ``parse_duration_ms`` gives the number back."""
    seconds, milliseconds = divmod(duration_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{milliseconds:03}" if milliseconds else ""
    return f"PT{f'{hours}H' if hours else ''}{minutes}M{seconds}{fraction}S"


class Values:
    """The values of one message, each distinct one built once: a deal list repeats the same few hundreds of times."""

    def __init__(self) -> None:
        self._roles: dict[str, Role] = {}
        self._scopes: dict[tuple[object, ...], Scope] = {}
        self._moments: dict[str, Moment | None] = {}
        self._territories: dict[tuple[str, ...], tuple[str, ...]] = {}

    def role(self, element: Element) -> Role:
        """Return the role an element names, in its text or (from ERN 4.3.1) in a Value inside it."""
        text = trimmed_text(element)
        if not text:
            value = element.find("Value")
            if value is not None:
                element, text = value, trimmed_text(value)
        if text == "UserDefined":
            user_value, namespace = element.get("UserDefinedValue"), element.get("Namespace")
            return Role(value=text, user_value=(user_value or "").strip(), namespace=(namespace or "").strip())
        role = self._roles.get(text)
        if role is None:
            role = self._roles[text] = Role(value=text)
        return role

    def roles(self, children: Children, *tags: str) -> tuple[Role, ...]:
        """Return the roles the children of these names give, empty ones left out."""
        roles = (self.role(element) for tag in tags for element in children.get(tag, ()))
        return tuple(role for role in roles if role.value)

    def moment(self, children: Children, *tags: str) -> Moment | None:
        """Return the first date or time among the children of these names."""
        for tag in tags:
            for element in children.get(tag, ()):
                text = trimmed_text(element)
                if text:
                    if text not in self._moments:
                        self._moments[text] = parse_moment(text)
                    return self._moments[text]
        return None

    def territories(self, children: Children, tag: str) -> tuple[str, ...]:
        """Return the territory codes as written; equal tuples are one object, since deals repeat long lists."""
        if tag not in children:
            return ()
        codes = all_texts(children, tag)
        return self._territories.setdefault(codes, codes)

    def scope(self, element: Element, section: Scope) -> Scope:
        """Return for whom an element is meant: as its attributes say (4.x), else as its section does (3.x blocks)."""
        attributes = element.items()
        if not attributes:
            return section
        key = (section, *attributes)
        scope = self._scopes.get(key)
        if scope is None:
            scope = self._scopes[key] = _scope_of(element, section)
        return scope

    def block_scope(self, block: Children) -> Scope:
        """Return for whom a 3.x territory block is meant."""
        territories = self.territories(block, "TerritoryCode")
        excluded = self.territories(block, "ExcludedTerritoryCode")
        return Scope(territories=() if territories == _WORLDWIDE else territories, excluded=excluded)


def _scope_of(element: Element, section: Scope) -> Scope:
    codes = element.get("ApplicableTerritoryCode")
    territories = tuple(codes.split()) if codes is not None else section.territories
    scope = Scope(
        territories=() if territories == _WORLDWIDE else territories,
        excluded=section.excluded if codes is None else (),
        language=(element.get("LanguageAndScriptCode") or "").strip(),
        is_default=is_true(element.get("IsDefault")),
    )
    return EVERYWHERE if scope == EVERYWHERE else scope
