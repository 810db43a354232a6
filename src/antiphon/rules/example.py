"""Examples of rules: what to change in a good message so that a rule finds something, and so that it does not.

Every rule has one. Its page in ``docs/rules`` shows it and a test plays it, so a page cannot claim what is not so. The
good message is ``examples/base.xml``: an album of three tracks in ERN 4.3.2, of a label that does not exist, in which
no rule finds anything. Nothing here reads it: whoever plays an example does.

>>> example = Example(fails=(Edit("<Duration>PT11M20S</Duration>", "<Duration></Duration>"),))
>>> apply_edits("... <Duration>PT11M20S</Duration> ...", example.fails)
'... <Duration></Duration> ...'
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from antiphon.model.errors import Broken
from antiphon.model.media import ResourceMedia
from antiphon.rules.evidence import CheckContext
from antiphon.rules.policy import Policy

BASE = "base.xml"
"""The good message in ERN 4.3.2: recordings A1 to A3, cover A4, album R0, track releases R1 to R3."""

PURGE = "purge.xml"
"""A good PurgeReleaseMessage for that album."""

BASE_CONTEXT = CheckContext(
    now=datetime(2026, 1, 15, 12, tzinfo=UTC),
    message_file="message.xml",
    files={
        "resources/01.flac": 71_000_000,
        "resources/02.flac": 67_000_000,
        "resources/03.flac": 75_000_000,
        "resources/cover.jpg": 900_000,
    },
    hashes={},
)
"""A complete release folder, checked the day after the message was written, seven weeks before the album's date."""


class Edit(NamedTuple):
    """One change of the message's text. ``old`` stands in it exactly once; ``new`` empty: it is taken out."""

    old: str
    new: str


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What an example needs beside the message. ``words`` tells people what differs from the usual, as a clause.

    They stand after "Given that", so without a capital and a full stop ("the release was never delivered before").
    ``media`` are decoded files by resource reference, for rules about those.
    """

    words: str = ""
    context: CheckContext = BASE_CONTEXT
    media: Mapping[str, ResourceMedia] = msgspec.field(default_factory=dict)
    policy: Policy = Policy()


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """How one rule is broken, and how it is kept by nearly the same message.

    ``fails`` makes the rule find something, and ``passes`` does not; both start from ``base``. No edits: the good
    message as it is.
    """

    fails: tuple[Edit, ...] = ()
    passes: tuple[Edit, ...] = ()
    base: str = BASE
    fails_given: Given = Given()
    passes_given: Given = Given()


def given(
    words: str, *, media: Mapping[str, ResourceMedia] | None = None, policy: Policy | None = None, **changes: Any
) -> Given:
    """Return the usual circumstances with some fields of the context replaced, and words that say so."""
    context = msgspec.structs.replace(BASE_CONTEXT, **changes)
    return Given(words=words, context=context, media=media or {}, policy=policy or Policy())


def apply_edits(message: str, edits: tuple[Edit, ...]) -> str:
    """Return a message with edits made in order. Raises: Broken where an edit's old text is not there exactly once."""
    for edit in edits:
        count = message.count(edit.old)
        if count != 1:
            raise Broken(f"the example's text {edit.old!r} stands in its message {count} times; expected once")
        message = message.replace(edit.old, edit.new)
    return message
