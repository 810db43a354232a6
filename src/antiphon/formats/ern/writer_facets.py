"""Facets as written: flags, terms, texts and dates, each where the order of the schema has its element.

A writer asks for names in that order; names that it never asks for have no place in its version.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import Attributes, add_flag, add_role, add_text
from antiphon.formats.ern.scopes import Territories, territories_of
from antiphon.model.claims import DatedEvent, Flag, Scope, ScopedText, Term


class Faceted(Protocol):
    """A resource or release."""

    @property
    def flags(self) -> tuple[Flag, ...]: ...
    @property
    def terms(self) -> tuple[Term, ...]: ...
    @property
    def texts(self) -> tuple[ScopedText, ...]: ...
    @property
    def dates(self) -> tuple[DatedEvent, ...]: ...


class FacetWriter:
    """Writes the facets of one subject. ``scoping`` tells the attributes of a scope in the version."""

    def __init__(self, subject: Faceted, scoping: Callable[[Scope], Attributes]) -> None:
        self._scoping = scoping
        self._flags = subject.flags
        self._terms = subject.terms
        self._texts = subject.texts
        self._dates = subject.dates
        self._names = {
            *(flag.name for flag in subject.flags),
            *(term.name for term in subject.terms),
            *(text.kind for text in subject.texts),
            *(event.name for event in subject.dates),
        }

    def add(self, parent: Element, *names: str, block: Territories | None = None) -> None:
        """Append what there is of these names, in their order; with a block, only what is for its territories."""
        for name in names:
            if name in self._names:
                self._add_named(parent, name, block)

    def _add_named(self, parent: Element, name: str, block: Territories | None) -> None:
        for flag in self._flags:
            if flag.name == name:
                add_flag(parent, name, flag.is_set)
        for term in self._terms:
            if term.name == name:
                add_role(parent, name, term.role)
        for text in self._texts:
            if text.kind == name and _is_in(block, text.scope):
                add_text(parent, name, text.value, self._scoping(text.scope))
        for event in self._dates:
            if event.name == name and _is_in(block, event.scope):
                approximate: Attributes = {"IsApproximate": "true"} if event.is_approximate else {}
                add_text(parent, name, event.date.text, approximate | self._scoping(event.scope))


def mark_attributes(flags: Iterable[Flag], *names: str) -> Attributes:
    """Return the flags of these names as attributes."""
    return {flag.name: "true" if flag.is_set else "false" for flag in flags if flag.name in names}


def _is_in(block: Territories | None, scope: Scope) -> bool:
    return block is None or territories_of(scope) == block
