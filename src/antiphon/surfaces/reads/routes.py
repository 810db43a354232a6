"""The table of routes: one line each, and nothing is answered that is not in it."""

from collections.abc import Callable, Iterable

import msgspec

from antiphon.surfaces.reads.node import Answer, Call, CatalogueCall, Node

CatalogueOperation = Callable[[Node, CatalogueCall], Answer]
OpenOperation = Callable[[Node, Call], Answer]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One path and the one operation GET and HEAD mean there. ``path`` may hold one part in braces: the argument."""

    path: str
    operation: str


class CatalogueRoute(Route, frozen=True, kw_only=True):
    """A route that needs an access token and reads one version of the catalogue."""

    answer: CatalogueOperation


class OpenRoute(Route, frozen=True, kw_only=True):
    """A route that needs no access token: its address says enough."""

    answer: OpenOperation


class RouteTable:
    """Finds the route of a path. Nothing of ours needs percent-encoding, so nothing is decoded."""

    def __init__(self, routes: Iterable[CatalogueRoute | OpenRoute]) -> None:
        self._fixed: dict[str, CatalogueRoute | OpenRoute] = {}
        self._variable: dict[tuple[str, str], CatalogueRoute | OpenRoute] = {}
        for route in routes:
            before, brace, after = route.path.partition("{")
            if brace:
                self._variable[before, after.partition("}")[2]] = route
            else:
                self._fixed[route.path] = route
        self._lengths = sorted({before.count("/") for before, _ in self._variable}, reverse=True)

    def find(self, path: str) -> tuple[CatalogueRoute | OpenRoute, str] | None:
        """Return the route of a path and its argument ("" for a route without); None: there is nothing here.

        One slash at the end does not count: client libraries write some addresses with it.
        """
        path = path.removesuffix("/")
        fixed = self._fixed.get(path)
        if fixed is not None:
            return fixed, ""
        parts = path.split("/")
        for length in self._lengths:
            if length < len(parts) and parts[length]:
                before, after = "/".join(parts[:length]) + "/", "/".join(["", *parts[length + 1 :]])
                found = self._variable.get((before, after))
                if found is not None:
                    return found, parts[length]
        return None
