"""The rule about spellings that mean the same and are not the same: a linter can mend all of them.

ISRCs have their own rule (I1), territories too (P7).
"""

import re
from collections.abc import Callable, Iterator

from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.findings import Severity
from antiphon.model.identifiers import InvalidIdentifier, parse_grid, parse_icpn, parse_iswc
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

_NORMAL_FORMS: dict[IdScheme, tuple[str, Callable[[str], str]]] = {
    IdScheme.ICPN: ("ICPN", parse_icpn),
    IdScheme.GRID: ("GRid", parse_grid),
    IdScheme.ISWC: ("ISWC", parse_iswc),
}

_PLAIN = re.compile(r"[0-9A-Z]+")
_TWO_SPACES = "  "
_SPACES = re.compile(r" {2,}")
"""Line ends and tabulators are another rule's (M9). A no-break space is a character its writer chose."""


@rule(
    "M10",
    "What can be written in several ways is written in its normal one",
    severity=Severity.NOTE,
    source="formats 5",
    confidence=Confidence.STANDARD,
    fix="write identifiers in capitals without hyphens, dots or blanks, and one space between words",
    ack_code=AckCode.IDENTIFIER_SYNTAX_INVALID,
)
def has_normal_spellings(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per ICPN, GRid or ISWC with hyphens or the like, and per title or name with several spaces."""
    parts: tuple[Release | Resource, ...] = (*evidence.statement.releases, *evidence.statement.resources)
    for part in parts:
        ids = part.ids if isinstance(part, Release) else (*part.ids, *part.work_ids)
        for claimed in ids:
            # Nearly all are in their form already, and are not taken apart to find that out.
            if claimed.scheme in _NORMAL_FORMS and not _PLAIN.fullmatch(claimed.text):
                yield from _check_id(part, claimed)
        texts = [text for title in part.titles for text in (title.value, title.subtitle) if _TWO_SPACES in text]
        for text in dict.fromkeys(texts):
            yield _spaced(part, "title", text)
    for uses in (evidence.artists, evidence.contributors):
        for name, use in uses.items():
            if _TWO_SPACES in name:
                yield _spaced(use.place, "name", name)


def _check_id(place: Release | Resource, claimed: DeliveredId) -> Iterator[Breach]:
    word, parse = _NORMAL_FORMS[claimed.scheme]
    try:
        normal = parse(claimed.text)
    except InvalidIdentifier:
        return  # which is told as what it is
    if normal != claimed.text:
        yield breach_at(
            place,
            got=f"{word} {claimed.text!r}",
            expected=normal,
            message=f"The {word} is not in its normal form.",
        )


def _spaced(place: Release | Resource, what: str, text: str) -> Breach:
    return breach_at(
        place,
        got=f"several spaces in {what} {text!r}",
        expected=_SPACES.sub(" ", text),
        message=f"The {what} has several spaces in a row.",
    )


RULES = (has_normal_spellings,)
