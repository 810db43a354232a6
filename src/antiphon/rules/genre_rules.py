"""Rules about genres: words of one list, so that people can browse by them."""

import re
from collections.abc import Iterator

from antiphon.model.findings import Severity
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import list_tracks, shown_title
from antiphon.rules.covers import TITLE_LENGTH_READ, are_karaoke, is_karaoke_version
from antiphon.rules.evidence import Evidence
from antiphon.rules.genres import GENRES, KARAOKE, SOUNDTRACK, find_genre, suggest_genres
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

_FROM_A_SCREEN = re.compile(
    r"soundtrack|\bscore\b|\bost\b|motion picture|\b(?:film|movie|series|serie|game|musical|theat(?:re|er)|play)\b"
    r"|bande originale|filmmusik|colonna sonora|banda sonora|original cast|\btheme\b|\bfrom\b",
    re.I,
)


@rule(
    "L3",
    "The genre is one of the list",
    severity=Severity.WARN,
    source="ING20, MUSY",
    confidence=Confidence.DISTRIBUTOR,
    fix="choose a genre of the list (`antiphon rules L3` shows it) as GenreText, and put what is finer into SubGenre",
    ack_code=AckCode.METADATA_MISSING,
    why=f"People browse by genre; a word of one's own is a shelf that nobody finds. The list: {', '.join(GENRES)}.",
)
def has_listed_genre(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where the release has no genre, per word that is not in the list, and per mistaken special genre.

    Only a warning: the list is ours, and an unknown genre is kept and shown as the sender wrote it. Karaoke must say
    so; of a soundtrack it is a note, since nobody can see from here whether there is a film.
    """
    main = evidence.statement.main_release
    if main is not None and evidence.tracks and not main.genres and not evidence.track_genres:
        yield breach_at(
            main,
            got=f"no genre on {main.reference} nor on its tracks",
            expected="a genre of the list",
            message="The release has no genre.",
        )
    unlisted: dict[str, Release | Resource] = {}
    described: tuple[Release | Resource, ...] = (*evidence.statement.releases, *evidence.tracks)
    for part in described:
        for genre in part.genres:
            if not find_genre(genre.text):
                unlisted.setdefault(genre.text, part)
    for text, part in unlisted.items():
        near = suggest_genres(text)
        yield breach_at(
            part,
            got=f"genre {text!r}",
            expected=" or ".join(map(repr, near)) if near else "a genre of the list",
            message=f"The genre {text!r} is not in the list.",
            fix=f"write {near[0]!r} as GenreText, and put {text!r} into SubGenre" if near else "",
        )
    yield from _find_unmarked_karaoke(evidence)
    yield from _find_doubtful_soundtrack(evidence)


def _find_unmarked_karaoke(evidence: Evidence) -> Iterator[Breach]:
    main = evidence.statement.main_release
    if main is not None and are_karaoke(main.genres):
        return
    unmarked = [
        part
        for part, title in evidence.covers
        if isinstance(part, Resource)
        and is_karaoke_version(title)
        and not are_karaoke(evidence.track_genres.get(part.reference, ()))
    ]
    if unmarked:
        yield breach_at(
            unmarked[0],
            got=f"a title that says karaoke and no such genre on {list_tracks(unmarked, evidence.tracks)}",
            expected=f"{KARAOKE!r} as the first genre",
            message="Karaoke has another genre.",
            fix=f"make {KARAOKE!r} the GenreText of the track and its release",
        )


def _find_doubtful_soundtrack(evidence: Evidence) -> Iterator[Breach]:
    main = evidence.statement.main_release
    if main is None or not any(find_genre(genre.text) == SOUNDTRACK for genre in main.genres):
        return
    titles = [shown_title(part.titles)[:TITLE_LENGTH_READ] for part in evidence.parts]
    if not any(map(_FROM_A_SCREEN.search, titles)):
        yield breach_at(
            main,
            got=f"genre {SOUNDTRACK!r}, and no title says of what",
            expected="a film, series, game or play",
            message="A soundtrack does not say of what.",
            fix='name it in the version, as in "Original Motion Picture Soundtrack", or choose the genre of the music',
            severity=Severity.NOTE,
        )


RULES = (has_listed_genre,)
