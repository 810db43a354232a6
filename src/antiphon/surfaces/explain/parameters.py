"""The words of a question, as people write them: a market, a tier, a time. What is wrong is told with what is near."""

import re
from datetime import datetime
from difflib import get_close_matches

from antiphon.model.availability import Tier
from antiphon.model.periods import Moment, MomentKind
from antiphon.model.territories import Territory, UnknownTerritory, parse_territory
from antiphon.rights import UnreadableMoment, instant_in, utc_time

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_OFFSET = re.compile(r"(?:[Zz]|[+-]\d{2}:?\d{2})$")
_ENTITY_ID = re.compile(r"[0-9A-Za-z]{1,64}")
_SHOWN_LENGTH = 40
"""Characters of a wrong value that an error repeats."""

_SLIPS = """
    AUS=AU AUT=AT BEL=BE BRA=BR CAN=CA CHE=CH CHN=CN DEU=DE DNK=DK ESP=ES FIN=FI FRA=FR GBR=GB GER=DE IND=IN IRL=IE
    ITA=IT JAP=JP JPN=JP KOR=KR MEX=MX NLD=NL NOR=NO NZL=NZ POL=PL PRT=PT SWE=SE TUR=TR UKR=UA USA=US ZAF=ZA
    CS=CZ DA=DK EL=GR EN=GB JA=JP KO=KR SW=SE YU=RS ZH=CN
"""
"""Codes that people take for markets: those of three letters, of languages, and of countries that are no more."""


class WrongQuestion(ValueError):
    """A part of a question cannot be read. ``name`` is the part; the text says what was got and what would be right."""

    def __init__(self, name: str, message: str) -> None:
        """Name the part, and say what is wrong with it."""
        super().__init__(message)
        self.name = name


def read_entity_id(text: str) -> str:
    """Return the id in what names a track or an album: an id, a URI that ends in it, or an address that does.

    Raises: WrongQuestion for what holds none.
    """
    found = text.strip().partition("?")[0].rstrip("/").replace("/", ":").rpartition(":")[2]
    if not _ENTITY_ID.fullmatch(found):
        raise WrongQuestion("id", f"an id is 22 letters and digits; got {text[:_SHOWN_LENGTH]!r}")
    return found


def read_market(text: str) -> Territory:
    """Return the market a code names. Raises: WrongQuestion, with the code that may have been meant."""
    try:
        return parse_territory(text)
    except UnknownTerritory as error:
        meant = dict(pair.split("=") for pair in _SLIPS.split()).get(text.strip().upper(), "")
        hint = f"did you mean {meant}?" if meant else "such as SE"
        message = f"a market is an ISO 3166-1 code of two letters; got {text[:_SHOWN_LENGTH]!r}: {hint}"
        raise WrongQuestion("market", message) from error


def read_tier(text: str) -> Tier:
    """Return the tier a word names. Raises: WrongQuestion, with the word that may have been meant."""
    words = [tier.value for tier in Tier]
    if text in words:
        return Tier(text)
    near = get_close_matches(text[:_SHOWN_LENGTH].lower(), words, n=1)
    hint = f": did you mean {near[0]}?" if near else ""
    raise WrongQuestion("tier", f"a tier is {' or '.join(words)}; got {text[:_SHOWN_LENGTH]!r}{hint}")


def read_time(text: str, market: Territory) -> datetime:
    """Return the instant a date, or a date and time, means in a market: without an offset its clocks count.

    A date is its first instant there. Raises: WrongQuestion.
    """
    # In a query the "+" of an offset comes as a blank, unless it was escaped.
    written = text.strip().upper()
    written = written.replace(" ", "+" if "T" in written else "T", 1)
    kind = MomentKind.INSTANT if _OFFSET.search(written) and "T" in written else MomentKind.LOCAL
    if _DATE.fullmatch(written):
        kind = MomentKind.DATE
    try:
        return utc_time(instant_in(Moment(written, kind), market))
    except UnreadableMoment as error:
        message = (
            f"a time is a date, or a date and time, with or without an offset, such as 2026-12-24T23:59 "
            f"or 2026-12-24T22:59Z; got {text[:_SHOWN_LENGTH]!r}"
        )
        raise WrongQuestion("at", message) from error
