"""Which releases a message's ids lead to beside the one it is taken for."""

from antiphon.identity.rivals import find_rival_keys
from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.statement import Statement
from tests.builders import a_release, a_statement, changed
from tests.identity.books import ListBook

GRID = DeliveredId(scheme=IdScheme.GRID, text="A12425GABC1234002M")
OTHER_GRID = DeliveredId(scheme=IdScheme.GRID, text="A10302B0000978952O")
ICPN = DeliveredId(scheme=IdScheme.ICPN, text="4006381333931")


def _named(*ids: DeliveredId) -> Statement:
    statement = a_statement()
    return changed(statement, releases=(a_release(ids=ids), *statement.releases[1:]))


def test_ids_that_arrived_apart_are_found_when_a_message_names_both() -> None:
    book = ListBook()
    book.link("north", _named(GRID))
    book.link("north", _named(ICPN))
    assert find_rival_keys("north", _named(GRID, ICPN), book) == ("icpn:04006381333931",)


def test_ids_of_one_release_and_new_ones_have_no_rival() -> None:
    book = ListBook()
    assert find_rival_keys("north", _named(GRID, ICPN), book) == ()
    book.link("north", _named(GRID, ICPN))
    assert find_rival_keys("north", _named(GRID, ICPN), book) == ()
    assert find_rival_keys("south", _named(GRID, ICPN), book) == ()


def test_a_release_with_a_grid_of_its_own_is_another_one_indeed() -> None:
    book = ListBook()
    book.link("north", _named(GRID, ICPN))
    book.link("north", _named(OTHER_GRID, ICPN))
    assert find_rival_keys("north", _named(OTHER_GRID, ICPN), book) == ()
