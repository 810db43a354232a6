"""The table of routes: one line each, and nothing is answered that is not in it."""

from collections.abc import Callable, Iterable

import msgspec

from antiphon.surfaces.reads.exchange import Request, Response
from antiphon.surfaces.reads.node import Answer, Call, CallerCall, CatalogueCall, Node

CatalogueOperation = Callable[[Node, CatalogueCall], Answer]
CallerOperation = Callable[[Node, CallerCall], Answer]
OpenOperation = Callable[[Node, Call], Answer]
FormOperation = Callable[[Node, Request, float], Response]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One path and the one operation GET and HEAD mean there. ``path`` may hold a part in braces: the argument."""

    path: str
    operation: str


class CatalogueRoute(Route, frozen=True, kw_only=True):
    """A route that needs an access token and reads one version of the catalogue."""

    answer: CatalogueOperation


class CallerRoute(Route, frozen=True, kw_only=True):
    """A route that needs an access token, and reads the node or the store in its own way and time."""

    answer: CallerOperation


class OpenRoute(Route, frozen=True, kw_only=True):
    """A route that needs no access token: its address says enough."""

    answer: OpenOperation


class FormRoute(Route, frozen=True, kw_only=True):
    """A route that takes a form. It is given every method, and refuses in words of its own."""

    answer: FormOperation


AnyRoute = CatalogueRoute | CallerRoute | OpenRoute | FormRoute


class RouteTable:
    """Finds the route of a path. Nothing of ours needs percent-encoding, so nothing is decoded."""

    def __init__(self, routes: Iterable[AnyRoute]) -> None:
        """Take routes whose argument, if they have one, is the last part of the path or the last but one, or both."""
        self._whole: dict[str, AnyRoute] = {}
        self._before_last: dict[str, AnyRoute] = {}
        self._around: dict[tuple[str, str], AnyRoute] = {}
        self._pairs: dict[str, AnyRoute] = {}
        for route in routes:
            before, brace, after = route.path.partition("/{")
            last = after.partition("}/")[2]
            if not brace:
                self._whole[route.path] = route
            elif last.startswith("{"):
                self._pairs[before] = route
            elif last:
                self._around[before, last] = route
            else:
                self._before_last[before] = route

    def find(self, path: str) -> tuple[AnyRoute, str] | None:
        """Return the route of a path and its argument ("" for a route without); None: there is nothing here.

        One slash at the end does not count: client libraries write some addresses with it.
        """
        before, _, last = path.rpartition("/")
        if not last:
            return self.find(before) if before and not before.endswith("/") else None
        route = self._before_last.get(before)
        if route is not None:
            return route, last
        route = self._whole.get(path)
        if route is not None:
            return route, ""
        before, _, argument = before.rpartition("/")
        route = self._around.get((before, last))
        if route is not None:
            return route, argument
        route = self._pairs.get(before)
        return None if route is None else (route, f"{argument}/{last}")
