"""Lexical forms of dates, times and durations."""

import re

from antiphon.model.periods import Moment, MomentKind

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
