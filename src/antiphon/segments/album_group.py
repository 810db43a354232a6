"""The groups of an artist's albums, as list documents number them: publisher and surfaces must agree."""

from enum import IntEnum


class AlbumGroup(IntEnum):
    """What an album is to an artist. The numbers are what list documents carry, and the order of the groups."""

    ALBUM = 0
    SINGLE = 1
    APPEARS_ON = 2
    """Credited on tracks only."""
    COMPILATION = 3

    @property
    def word(self) -> str:
        """The word the catalogue API uses for it."""
        return self.name.lower()
