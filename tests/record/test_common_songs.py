"""How many recordings one is compared with, where a hundred thousand have its title, its artist and its ISRC."""

import pytest
from sqlalchemy import Engine, insert

from antiphon.identity import MAX_CANDIDATES, SONG, find_isrc, propose_links, sketch_resource, song_key
from antiphon.model.claims import ScopedText
from antiphon.model.entities import ArtistCredit, EntityKind, Recording
from antiphon.record import reading, writing
from antiphon.record.bodies import BODY_FORMAT, encode_body
from antiphon.record.links import RecordedLinks
from antiphon.record.tables import entities, identifiers
from tests.builders import ARTIST, a_recording
from tests.databases import ON_SQLITE
from tests.record.deliveries import OTHER_ICPN, an_album, apply

COUNT = 100_000
INTRO = (ScopedText(value="Intro"),)


class CountingBook(RecordedLinks):
    """A link book that counts what it hands out to be compared."""

    compared = 0

    def _load_recordings(self, scheme: str, value: str) -> tuple[Recording, ...]:
        found = super()._load_recordings(scheme, value)
        self.compared += len(found)
        return found


def fill(engine: Engine, album_id: str) -> None:
    """Put many recordings of one name, one artist and one ISRC into the record, as releases of as many labels would."""
    ids = [f"r{number:021}" for number in range(COUNT)]
    credit = ArtistCredit(artist_id="a" * 22, name=ARTIST.name)
    row = {"kind": EntityKind.RECORDING.value, "body_format": BODY_FORMAT}
    song = a_recording(7, titles=INTRO)
    named = ((SONG, song_key(sketch_resource(song))), ("isrc", find_isrc(song)))
    with writing(engine) as conn:
        conn.execute(
            insert(entities),
            [row | {"id": i, "body": encode_body(Recording(id=i, title="Intro", artists=(credit,)))} for i in ids],
        )
        for scheme, value in named:
            rows = {"scheme": scheme, "value": value, "kind": EntityKind.RECORDING.value, "album_id": album_id}
            conn.execute(insert(identifiers), [rows | {"entity_id": i} for i in ids])


@pytest.mark.slow
@ON_SQLITE
def test_a_recording_is_compared_with_few_of_the_hundred_thousand_that_are_called_like_it(engine: Engine) -> None:
    apply(engine, an_album(a_recording(1)))
    with reading(engine) as conn:
        album_id = conn.execute(entities.select().where(entities.c.kind == EntityKind.ALBUM.value)).one().id
    fill(engine, album_id)
    songs = [a_recording(n, titles=INTRO) for n in (7, 8, 9)]
    statement = an_album(*songs, icpn=OTHER_ICPN)
    with reading(engine) as conn:
        book = CountingBook(conn)
        links = propose_links("south", f"icpn:{OTHER_ICPN}", statement, book)
    assert 0 < book.compared <= len(songs) * 2 * (MAX_CANDIDATES + 1)
    assert all(link.reasons == ("first seen",) for link in links if link.kind is EntityKind.RECORDING)
