"""File references of a message to files of its delivery. Untrusted: nothing but a delivered file is ever the answer.

Source: formats 6. A reference is percent-decoded once; it is looked for from the release folder, then in
``resources/``, then there by its name alone, and last without regard to case where that fits one file only. A
reference that could leave the delivery, in any reading that some later hand might give it (percent-decoded twice,
full-width characters made plain), is refused as a whole, also where a file of that very name was delivered.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

REFERENCE_LENGTH_LIMIT = 1024
"""Characters of a file reference. Paths in real deliveries stay under 200; Linux ends at 4096 bytes."""

RESOURCES = "resources/"
"""The folder of a release's media files. Source: ERN choreography."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME_OR_DRIVE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class FileMatch(NamedTuple):
    """The delivered file a reference means; ``is_exact``: spelled and placed as the reference has it."""

    path: str
    is_exact: bool


class DeliveredFiles:
    """The files of a delivery, as references are looked up among them: many references cost no more than few."""

    def __init__(self, files: Iterable[str]) -> None:
        self._files = files if isinstance(files, (dict, set, frozenset)) else frozenset(files)
        self._by_folded: dict[str, list[str]] | None = None

    def match(self, uri: str) -> FileMatch | None:
        """Return the file that a reference means and whether it is spelled so; None: none, or it is unsafe."""
        if not is_safe_reference(uri):
            return None
        candidates = list(dict.fromkeys(_candidates(uri)))
        for candidate in candidates:
            if candidate in self._files:
                return FileMatch(candidate, is_exact=True)
        alike = {path for candidate in candidates for path in self._find_alike(candidate)}
        return FileMatch(alike.pop(), is_exact=False) if len(alike) == 1 else None

    def _find_alike(self, path: str) -> list[str]:
        if self._by_folded is None:
            self._by_folded = {}
            for file in self._files:
                self._by_folded.setdefault(_folded(file), []).append(file)
        return self._by_folded.get(_folded(path), [])


def resolve_file(uri: str, files: Iterable[str]) -> str | None:
    """Return the delivered file that a reference means; None: none, or the reference is unsafe."""
    match = match_file(uri, files)
    return match.path if match else None


def match_file(uri: str, files: Iterable[str]) -> FileMatch | None:
    """Return the delivered file that one reference means, as ``DeliveredFiles`` tells it."""
    return DeliveredFiles(files).match(uri)


def is_safe_reference(uri: str) -> bool:
    """Tell whether a reference stays inside its delivery, however it is read."""
    if not uri.strip() or len(uri) > REFERENCE_LENGTH_LIMIT:
        return False
    once = unquote(uri)
    readings = {uri, once, unquote(once)}
    readings |= {unicodedata.normalize("NFKC", reading) for reading in readings}
    return all(map(_stays_inside, readings))


def _stays_inside(text: str) -> bool:
    is_rooted = text.startswith("/") or "\\" in text or _SCHEME_OR_DRIVE.match(text) is not None
    return not is_rooted and ".." not in text.split("/") and not _CONTROL.search(text)


def _candidates(uri: str) -> Iterator[str]:
    # The raw form comes last: some senders have a percent sign in a name and do not encode it.
    for text in (unquote(uri), uri):
        parts = [part for part in text.split("/") if part not in ("", ".")]
        if parts:
            yield "/".join(parts)
            yield RESOURCES + "/".join(parts)
            yield RESOURCES + parts[-1]


def _folded(path: str) -> str:
    # NFC, since some systems keep names decomposed; never NFKC, which makes different names one.
    return unicodedata.normalize("NFC", path).casefold()
