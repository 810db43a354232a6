"""Asking the rules in tests: a context, decoded media, and what one rule finds."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from antiphon.model.findings import Finding
from antiphon.model.media import AudioFacts, ImageFacts, ResourceMedia
from antiphon.model.statement import Statement
from antiphon.rules import CheckContext, check_media, check_statement
from tests.builders import changed

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)

FILES = {"resources/01.flac": 21_000_000, "resources/02.flac": 22_000_000, "resources/cover.jpg": 900_000}
"""The files ``a_statement()`` names."""


def a_context(**changes: Any) -> CheckContext:
    """Return the context of a complete release folder at noon of 2026-01-15."""
    return changed(CheckContext(now=NOW, message_file="message.xml", files=FILES, hashes={}), **changes)


def some_audio(**changes: Any) -> ResourceMedia:
    """Return what decoding a good three-minute FLAC tells."""
    facts = AudioFacts(
        container="flac", codec="flac", sample_rate_hz=44_100, channels=2, bits_per_sample=16, duration_ms=180_000
    )
    return ResourceMedia(source="ab" * 32, audio=changed(facts, **changes))


def an_image(**changes: Any) -> ResourceMedia:
    """Return what decoding a good cover tells."""
    facts = ImageFacts(format="JPEG", mode="RGB", width_px=3000, height_px=3000)
    return ResourceMedia(source="cd" * 32, image=changed(facts, **changes))


def find(statement: Statement, rule: str = "", **context: Any) -> list[Finding]:
    """Return what one rule finds in a message and its files; no rule named: what all find."""
    return [f for f in check_statement(statement, a_context(**context)) if rule in ("", f.rule)]


def find_in_media(statement: Statement, media: Mapping[str, ResourceMedia], rule: str = "") -> list[Finding]:
    """Return what one rule finds in decoded files; no rule named: what all find."""
    return [f for f in check_media(statement, media, a_context()) if rule in ("", f.rule)]
