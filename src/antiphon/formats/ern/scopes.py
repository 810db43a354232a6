"""Scopes as written: attributes of a value in ERN 4, blocks of values in ERN 3."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import Attributes, add_element, add_text, add_texts, language_attributes
from antiphon.model.claims import Scope

WORLDWIDE = "Worldwide"


class Scoped(Protocol):
    """A value that says for whom it is meant."""

    @property
    def scope(self) -> Scope:
        """For whom."""


Value = TypeVar("Value", bound=Scoped)
Territories = tuple[tuple[str, ...], tuple[str, ...]]
"""Named and excluded codes; both empty: everywhere."""

EVERYWHERE: Territories = ((), ())


def scope_attributes(scope: Scope) -> Attributes:
    """Return the attributes of a value in ERN 4. Exclusions have no place there: the value is then for everywhere."""
    attributes = {"ApplicableTerritoryCode": " ".join(scope.territories)} if scope.territories else {}
    attributes |= language_attributes(scope.language)
    attributes |= {"IsDefault": "true"} if scope.is_default else {}
    return attributes | ({"IsInOriginalLanguage": "true"} if scope.is_original else {})


def display_attributes(scope: Scope) -> Attributes:
    """Return the same for values whose territory schemas ask to name always: titles, names, labels, genres."""
    return {"ApplicableTerritoryCode": WORLDWIDE} | scope_attributes(scope)


def territories_of(scope: Scope) -> Territories:
    """Return the part of a scope that an ERN 3 block says for all its values."""
    return (scope.territories, scope.excluded)


def list_blocks(*values: Iterable[Scoped]) -> tuple[Territories, ...]:
    """Return the blocks these values need in ERN 3, in order of appearance; one for everywhere is always there."""
    territories = tuple(dict.fromkeys(territories_of(value.scope) for scoped in values for value in scoped))
    return territories if EVERYWHERE in territories else (EVERYWHERE, *territories)


def values_of(block: Territories, values: Iterable[Value]) -> list[Value]:
    """Return the values that belong in a block, in order."""
    return [value for value in values if territories_of(value.scope) == block]


def add_block(parent: Element, tag: str, block: Territories) -> Element:
    """Append a territory block with its codes and return it."""
    element = add_element(parent, tag)
    named, excluded = block
    if not named and not excluded:
        add_text(element, "TerritoryCode", WORLDWIDE)
    add_texts(element, "TerritoryCode", named)
    add_texts(element, "ExcludedTerritoryCode", excluded)
    return element
