"""What of a release is there of what should be: one function per dimension that is a share."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

import msgspec

from antiphon.catalogue.quality_dimensions import Dimension
from antiphon.catalogue.texts import date_text
from antiphon.identity import find_isrc, list_track_places
from antiphon.model.claims import CopyrightLine, Credit, DeliveredId, IdScheme
from antiphon.model.deals import Deal
from antiphon.model.identifiers import InvalidIdentifier, parse_grid, parse_icpn, parse_iswc
from antiphon.model.media import COVER_ADVISED_PX, ImageFacts, ResourceMedia
from antiphon.model.releases import Release
from antiphon.model.resources import NO_WORDS, Resource, ResourceKind
from antiphon.model.roles import is_lyricist, is_producer, is_writer
from antiphon.model.statement import Statement

_COVER_LINKS = ("FrontCoverImage", "CoverArt")
_ARTIST_IDS = frozenset({IdScheme.ISNI, IdScheme.IPI, IdScheme.DPID, IdScheme.PROPRIETARY})
_NOBODY = frozenset({"various artists", "various", "traditional", "anonymous"})
"""Names that are no party's, in lower case: nobody can give them an id."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_WHOLE_DATE_LENGTH = len("2026-12-24")


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Something that lacks. ``where`` is for people ("track 1-3 Harbour Light"); ``line`` is the message's, 0: none."""

    where: str
    line: int = 0


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How much of what should be there is, and each gap."""

    of: int
    gaps: tuple[Gap, ...] = ()

    @property
    def have(self) -> int:
        """How many are there."""
        return self.of - len(self.gaps)


class _Track(msgspec.Struct, frozen=True):
    place: str
    resource: Resource
    isrc: str
    roles: frozenset[str]

    @property
    def gap(self) -> Gap:
        title = self.resource.titles[0].value if self.resource.titles else self.resource.reference
        return Gap(where=f"track {self.place} {title}", line=self.resource.line)


class _Subject:
    """A statement with its media, as the dimensions look at it."""

    def __init__(self, statement: Statement, release: Release, media: Mapping[str, ResourceMedia]) -> None:
        self.statement = statement
        self.release = release
        self.media = media

    @cached_property
    def tracks(self) -> tuple[_Track, ...]:
        resources = {resource.reference: resource for resource in self.statement.resources}
        common = frozenset(_role_words(self.release.contributors))
        return tuple(
            _Track(
                f"{place.disc_number}-{place.track_number}",
                resource := resources[place.resource_reference],
                find_isrc(resource),
                common | frozenset(_role_words((*resource.contributors, *resource.display_artists))),
            )
            for place in list_track_places(self.statement)
        )

    @cached_property
    def deals(self) -> tuple[tuple[Deal, tuple[str, ...]], ...]:
        """The deals that are to grant something, each with the releases it is for."""
        return tuple(
            (deal, entry.release_references)
            for entry in self.statement.release_deals
            for deal in entry.deals
            if not (deal.is_takedown or deal.is_all_deals_cancelled)
        )

    @cached_property
    def cover(self) -> ImageFacts | None:
        images = [r for r in self.statement.resources if r.kind is ResourceKind.IMAGE]
        fronts = [image.reference for image in images if image.type == _COVER_LINKS[0]]
        linked = [place.resource_reference for place in self.release.resources if place.link in _COVER_LINKS]
        found = (self.media.get(reference) for reference in (*fronts, *linked))
        return next((media.image for media in found if media is not None and media.image is not None), None)

    @property
    def gap(self) -> Gap:
        return Gap(where="the release", line=self.release.line)


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """How much of each dimension that is a share is there, and the tracks whose recording stands there before."""

    coverage: Mapping[Dimension, Coverage]
    repeated: tuple[Gap, ...]


def survey_release(statement: Statement, release: Release, media: Mapping[str, ResourceMedia]) -> Survey:
    """Return what of a statement's main release is there. ``media`` is by local resource reference."""
    subject = _Subject(statement, release, media)
    coverage = {dimension: cover(subject) for dimension, cover in _COVERS.items()}
    return Survey(coverage=coverage, repeated=_list_repeated(subject))


def _list_repeated(subject: _Subject) -> tuple[Gap, ...]:
    """Return the tracks whose recording, or ISRC, stands on the release before; mostly none."""
    seen: set[str] = set()
    repeated = []
    for track in subject.tracks:
        names = {track.resource.reference, track.isrc} - {""}
        if names & seen:
            repeated.append(track.gap)
        seen |= names
    return tuple(repeated)


def _of_tracks(is_there: Callable[[_Subject, _Track], bool]) -> Callable[[_Subject], Coverage]:
    """Return a measure of tracks; a release without tracks lacks one."""

    def cover(subject: _Subject) -> Coverage:
        if not subject.tracks:
            return Coverage(of=1, gaps=(subject.gap,))
        gaps = tuple(track.gap for track in subject.tracks if not is_there(subject, track))
        return Coverage(of=len(subject.tracks), gaps=gaps)

    return cover


def _of_release(is_there: Callable[[_Subject], bool]) -> Callable[[_Subject], Coverage]:
    def cover(subject: _Subject) -> Coverage:
        return Coverage(of=1, gaps=() if is_there(subject) else (subject.gap,))

    return cover


def _has_icpn(subject: _Subject) -> bool:
    ids = [i for i in subject.release.ids if not i.is_replaced]
    return _names(ids, IdScheme.ICPN, parse_icpn) or _names(ids, IdScheme.GRID, parse_grid)


def _has_iswc(_subject: _Subject, track: _Track) -> bool:
    return _names(track.resource.work_ids, IdScheme.ISWC, parse_iswc)


def _cover_artist_ids(subject: _Subject) -> Coverage:
    known: dict[str, bool] = {}
    parts: list[Release | Resource] = [subject.release, *(track.resource for track in subject.tracks)]
    for part in parts:
        for credit in part.display_artists:
            if credit.name and not credit.special and credit.name.casefold() not in _NOBODY:
                has_id = any(given.scheme in _ARTIST_IDS for given in credit.ids)
                known[credit.name] = known.get(credit.name, False) or has_id
    return Coverage(of=len(known), gaps=tuple(Gap(where=f"artist {name}") for name in known if not known[name]))


def _cover_lyricists(subject: _Subject) -> Coverage:
    sung = [track for track in subject.tracks if track.resource.language != NO_WORDS]
    return Coverage(of=len(sung), gaps=tuple(track.gap for track in sung if not any(map(is_lyricist, track.roles))))


def _has_p_line(subject: _Subject, track: _Track) -> bool:
    return any(map(_has_year, (*track.resource.p_lines, *subject.release.p_lines)))


def _has_whole_date(subject: _Subject) -> bool:
    dates = (subject.release.release_date, subject.release.original_release_date)
    return any(len(date_text(date)) == _WHOLE_DATE_LENGTH for date in dates)


def _has_large_cover(subject: _Subject) -> bool:
    return subject.cover is not None and min(subject.cover.width_px, subject.cover.height_px) >= COVER_ADVISED_PX


def _cover_title_languages(subject: _Subject) -> Coverage:
    of = 1 + len(subject.tracks)
    if subject.statement.format.language:
        return Coverage(of=of)
    gaps = [subject.gap] if not _tells_language(subject.release) else []
    gaps += [track.gap for track in subject.tracks if not _tells_language(track.resource)]
    return Coverage(of=of, gaps=tuple(gaps))


def _cover_deals(subject: _Subject) -> Coverage:
    broken = [deal for deal, _ in subject.deals if not _is_whole(deal)]
    return Coverage(of=len(subject.deals), gaps=tuple(Gap(where="deal", line=deal.line) for deal in broken))


def _cover_granted(subject: _Subject) -> Coverage:
    """Count tracks that some deal names, by their release or the whole one; nothing is asked where there is no deal."""
    if not subject.deals or not subject.tracks:
        return Coverage(of=0)
    named = {reference for _, references in subject.deals for reference in references}
    granted = set(_list_references(subject.statement, named))
    gaps = tuple(track.gap for track in subject.tracks if track.resource.reference not in granted)
    return Coverage(of=len(subject.tracks), gaps=gaps)


def _list_references(statement: Statement, named: set[str]) -> Iterator[str]:
    """Yield the recordings of the releases that have a deal; those of the main one are all its tracks."""
    for release in statement.releases:
        if release.reference in named and release.is_main:
            yield from (place.resource_reference for place in list_track_places(statement))
        elif release.reference in named:
            yield from (place.resource_reference for place in release.resources)
            if release.group is not None:
                yield from (place.resource_reference for place in release.group.places)


def _is_whole(deal: Deal) -> bool:
    has_terms = bool(deal.commercial_models and deal.use_types)
    has_territory = bool(deal.territories or deal.excluded_territories)
    return has_terms and has_territory and any(period.start and date_text(period.start) for period in deal.periods)


def _names(ids: Iterable[DeliveredId], scheme: IdScheme, parse: Callable[[str], str]) -> bool:
    return any(given.scheme is scheme and _can_be_read(given.text, parse) for given in ids)


def _can_be_read(text: str, parse: Callable[[str], str]) -> bool:
    try:
        parse(text)
    except InvalidIdentifier:
        return False
    return True


def _has_year(line: CopyrightLine) -> bool:
    return line.year is not None or _YEAR.search(line.text) is not None


def _tells_language(part: Release | Resource) -> bool:
    return bool(part.default_language) or any(title.scope.language for title in part.titles)


def _role_words(credits_: Iterable[Credit]) -> Iterator[str]:
    for credit in credits_:
        yield from (role.user_value or role.value for role in credit.roles)
        if credit.kind:
            yield credit.kind.removeprefix("Display")


_COVERS: dict[Dimension, Callable[[_Subject], Coverage]] = {
    Dimension.ISRC: _of_tracks(lambda _, track: bool(track.isrc)),
    Dimension.ICPN: _of_release(_has_icpn),
    Dimension.ISWC: _of_tracks(_has_iswc),
    Dimension.ARTIST_IDS: _cover_artist_ids,
    Dimension.WRITERS: _of_tracks(lambda _, track: any(map(is_writer, track.roles))),
    Dimension.LYRICISTS: _cover_lyricists,
    Dimension.PRODUCERS: _of_tracks(lambda _, track: any(map(is_producer, track.roles))),
    Dimension.P_LINE: _of_tracks(_has_p_line),
    Dimension.C_LINE: _of_release(lambda subject: any(map(_has_year, subject.release.c_lines))),
    Dimension.LABEL: _of_release(lambda subject: any(label.value for label in subject.release.labels)),
    Dimension.COVER: _of_release(lambda subject: subject.cover is not None),
    Dimension.COVER_SIZE: _of_release(_has_large_cover),
    Dimension.LANGUAGES: _of_tracks(lambda _, track: bool(_LANGUAGE.fullmatch(track.resource.language))),
    Dimension.TITLE_LANGUAGES: _cover_title_languages,
    Dimension.GENRE: _of_release(lambda subject: any(genre.text for genre in subject.release.genres)),
    Dimension.RELEASE_DATE: _of_release(_has_whole_date),
    Dimension.DEALS: _cover_deals,
    Dimension.GRANTED: _cover_granted,
}
