"""What files came to, kept under their content."""

import threading

from sqlalchemy import Engine

from antiphon.record import reading, writing
from antiphon.record.media import load_media, store_media
from tests.catalogue.statements import some_audio

SOURCE = "a" * 64


def test_one_file_that_two_deliveries_bring_at_once_is_kept_once_and_neither_fails(engine: Engine) -> None:
    failures: list[BaseException] = []

    def store() -> None:
        try:
            with writing(engine) as conn:
                store_media(conn, some_audio(SOURCE))
        except BaseException as error:  # noqa: BLE001 - asked for by the thread that waits
            failures.append(error)

    other = threading.Thread(target=store)
    with writing(engine) as conn:
        store_media(conn, some_audio(SOURCE))
        other.start()
        other.join(0.3)  # it waits for this transaction, whichever database it is
        assert other.is_alive()
    other.join(30)
    assert not failures
    with reading(engine) as conn:
        assert load_media(conn, [SOURCE]) == {SOURCE: some_audio(SOURCE)}
