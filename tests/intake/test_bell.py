"""An idle worker sleeps until a delivery is put into the queue; nothing is ever waited for by the clock here."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, create_engine

from antiphon.intake.bell import BUSY_INTERVAL_S, Bell
from tests.databases import ON_POSTGRESQL
from tests.intake.deliveries import a_small_statement, write_xml
from tests.intake.effects import ask
from tests.intake.installation import Installation

FOREVER_S = 60.0
"""Far longer than any of these tests: a wait that ends was ended."""


@contextmanager
def a_bell(engine: Engine, *, is_busy: bool = False) -> Iterator[Bell]:
    """Give a bell that has rung for the first time, which it does when it begins to listen."""
    bell = Bell(engine, lambda: is_busy)
    with bell.listening():
        assert not bell.wait(FOREVER_S)
        yield bell


def accept_one(site: Installation) -> None:
    folder = site.inbox / "R1"
    folder.mkdir(parents=True)
    write_xml(folder, a_small_statement())
    site.accept(folder)


def test_it_rings_for_a_delivery_that_another_connection_put_into_the_queue(site: Installation) -> None:
    with a_bell(site.engine) as bell:
        accepting = threading.Thread(target=accept_one, args=(site,))
        accepting.start()
        assert not bell.wait(FOREVER_S)
        accepting.join()


def test_a_worker_that_is_to_stop_is_woken_and_told(site: Installation) -> None:
    with a_bell(site.engine) as bell:
        stopping = threading.Timer(0.01, bell.set)
        stopping.start()
        assert bell.wait(FOREVER_S)
        stopping.join()
        assert bell.wait(FOREVER_S)


def test_with_deliveries_in_hand_it_does_not_sleep_for_long(site: Installation) -> None:
    with a_bell(site.engine, is_busy=True) as bell:
        assert not bell.wait(FOREVER_S)
    assert BUSY_INTERVAL_S < 0.1


@pytest.mark.parametrize("url", ["postgresql+psycopg://nobody@127.0.0.1:1/none", "sqlite:////nowhere/at/all"])
def test_where_the_database_cannot_be_listened_to_the_queue_is_still_looked_into(url: str) -> None:
    bell = Bell(create_engine(url), lambda: False)
    with bell.listening():
        assert not bell.wait(0.01)


@ON_POSTGRESQL
def test_a_server_that_cut_the_connection_is_listened_to_again(site: Installation) -> None:
    with a_bell(site.engine) as bell:
        listening = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        assert ask(site.engine, f"SELECT pg_terminate_backend(pid) {listening}") == [(True,)]
        assert not bell.wait(0.01)
        accepting = threading.Thread(target=accept_one, args=(site,))
        accepting.start()
        assert not bell.wait(FOREVER_S)
        accepting.join()
