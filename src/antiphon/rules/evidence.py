"""What rules look at: the statement, what came with it, and what decoding told."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from antiphon.model.media import ResourceMedia
from antiphon.model.statement import Statement
from antiphon.rules.knowledge import Knowledge


class CheckContext(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a delivery beside its statement.

    ``files``: path inside the release folder -> size in bytes, of everything delivered but the message; None: a bare
    message, so rules about files are silent. ``earlier_files``: the same, of files that earlier messages of the
    release brought and that still count. ``hashes``: path -> algorithm as hashlib names it -> lower-case hex; None:
    not computed. ``is_known_release``: whether the release was delivered before; None: nobody could tell (a linter on
    a laptop). ``knowledge``: where rules ask the catalogue; None: there is none, and those rules are silent. ``now`` is
    aware.
    """

    now: datetime
    message_file: str = ""
    files: Mapping[str, int] | None = None
    earlier_files: Mapping[str, int] = msgspec.field(default_factory=dict)
    hashes: Mapping[str, Mapping[str, str]] | None = None
    is_known_release: bool | None = None
    knowledge: Knowledge | None = None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """All a rule may look at. ``media`` is keyed by resource reference, and empty until files have been decoded."""

    statement: Statement
    context: CheckContext
    media: Mapping[str, ResourceMedia] = msgspec.field(default_factory=dict)
