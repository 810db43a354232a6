"""Rules about the words of names: a name holds the name of somebody and nothing else."""

from collections.abc import Iterator

from antiphon.model.findings import Severity
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.evidence import Evidence
from antiphon.rules.names import find_surplus, is_search_phrase, is_search_word, names_nobody
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

_FIXES = {
    "a web address": "leave the address out; it has no place in a delivery",
    "a handle": "leave the handle out; it has no place in a delivery",
    "another name": "keep the name the artist is known by, and leave the other out",
    "a former or other band": "leave the band out; who plays in it is no part of the name",
    "a role or instrument": "keep the name alone, and say what it does in the credit's role",
    "dates": "leave the years out; they have no place in a delivery",
}
"""What to do about each kind of thing that is no part of a name (``names.SURPLUS``)."""


@rule(
    "R2",
    "A name holds the name and nothing else",
    severity=Severity.HOLD,
    source="CATA, REV-SG",
    confidence=Confidence.DISTRIBUTOR,
    fix="keep the name alone; roles and instruments go into the credit's role, dates and links nowhere",
    ack_code=AckCode.USER_DEFINED,
    why="The name is what listeners search for and what the artist's page is called; anything more makes a "
    "second artist.",
)
def holds_only_name(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per name with a role, instrument, date, address, former band or second name in it.

    Of contributors it only warns: listeners see them last, and classical catalogues write a composer's years there.
    """
    for uses, severity in ((evidence.artists, None), (evidence.contributors, Severity.WARN)):
        for use in uses.values():
            found = find_surplus(use.name)
            if found and not (severity and use.name in evidence.artists):
                kind, words = found
                yield breach_at(
                    use.place,
                    line=use.line,
                    got=f"{words!r} in the name {use.name!r}{use.extent}",
                    expected="the name alone",
                    message=f"The name {use.name!r} holds {kind}.",
                    fix=_FIXES[kind],
                    severity=severity,
                )


@rule(
    "R5",
    "An artist's name is somebody's name",
    severity=Severity.HOLD,
    source="SP-MD, CATA",
    confidence=Confidence.PLATFORM,
    fix="name the artist who made the recording; words that people search for belong into the title, if anywhere",
    ack_code=AckCode.USER_DEFINED,
    why="Such names catch searches and belong to nobody; platforms hide or remove what is delivered under them.",
)
def has_names_of_somebody(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per artist called what people search for, or nothing; a single such word only warns.

    Every word of the name must be such a word: "Sleep Music" is, "Roxy Music" is not. Single words are a few real acts'
    names ("Yoga").
    """
    for use in evidence.artists.values():
        got = f"artist {use.name!r}{use.extent}"
        if names_nobody(use.name):
            yield breach_at(
                use.place, line=use.line, got=got, expected="a name", message=f"{use.name!r} is nobody's name."
            )
        elif is_search_phrase(use.name):
            yield breach_at(
                use.place,
                line=use.line,
                got=got,
                expected="a name",
                message=f"Every word of {use.name!r} is one that people search for.",
            )
        elif is_search_word(use.name):
            yield breach_at(
                use.place,
                line=use.line,
                got=got,
                expected="a name",
                message=f"{use.name!r} is a word that people search for, unless it is an act's name.",
                fix=f"if it is an act's name, give its party {evidence.words.isni}; if not, name who made the music",
                severity=Severity.WARN,
            )


RULES = (holds_only_name, has_names_of_somebody)
