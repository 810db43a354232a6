"""What nodes index of shows, episodes and audiobooks. Chapters are not searched for: the shape knows no such type."""

from antiphon.model.entities import EntityKind
from antiphon.model.spoken import Audiobook, Episode, Show
from antiphon.publication.search_rows import pack_markets, read_day, read_years
from antiphon.segments import Rights, SearchRow


def show_search_row(show: Show, rights: Rights) -> SearchRow:
    """Return what a show is found by: its title and its publisher."""
    publisher = (show.publisher,) if show.publisher else ()
    return SearchRow(kind=EntityKind.SHOW, title=show.title, artists=publisher, markets=pack_markets([rights]))


def episode_search_row(show: Show, episode: Episode, rights: Rights) -> SearchRow:
    """Return what an episode is found by: its own title and its show's."""
    return SearchRow(
        kind=EntityKind.EPISODE,
        title=episode.title,
        album=show.title,
        years=read_years([episode.release_date]),
        released_day=read_day(episode.release_date),
        markets=pack_markets([rights]),
    )


def audiobook_search_row(book: Audiobook, rights: Rights) -> SearchRow:
    """Return what an audiobook is found by: its title, who wrote it and who reads it."""
    return SearchRow(
        kind=EntityKind.AUDIOBOOK,
        title=book.title,
        artists=(*book.authors, *book.narrators),
        markets=pack_markets([rights]),
    )
