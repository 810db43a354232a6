"""What listeners keep for themselves: stars now; playlists and queues when they come.

A **listener** is an opaque id that a surface takes from whoever calls; nothing here knows a person. A **star** is a
listener's mark on a track. It belongs to the listener, not to the catalogue: nothing is appended to the record, the
track need not be there (a takedown takes no star away, and the track that comes back is still starred), and who starred
what is nobody else's to read.

- **Twice is once.** Starring a starred track changes nothing, neither its time nor its place in the list; unstarring
  one that is not starred is no error. So a client may repeat whatever it did not hear an answer to.
- **Newest first, in pages.** A page is asked for by the number of the last star seen. Numbers count a listener's own
  stars upwards, so a page neither skips nor repeats a star because others were set in between.
- **A file of its own.** Listeners write often and intake writes long; they never wait for each other. An answer is
  given after the commit is on disk. A file that a newer version wrote is refused, not guessed at.

>>> from datetime import UTC, datetime
>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
>>> with TemporaryDirectory() as folder:
...     stars = open_stars(Path(folder) / "listeners.db")
...     stars.star("ada", "track1", noon), stars.star("ada", "track2", noon), stars.star("ada", "track1", noon)
...     [star.track_id for star in stars.list_stars("ada", limit=10)]
...     stars.close()
(True, True, False)
['track2', 'track1']
"""

from antiphon.listeners.stars import STARS_PER_LISTENER_MAX, Star, Stars, open_stars

__all__ = ["STARS_PER_LISTENER_MAX", "Star", "Stars", "open_stars"]
