"""Examples of the rules about advisories, languages, genres, rights lines and special content (L)."""

from collections.abc import Mapping

from antiphon.rules.example import Example

EXAMPLES: Mapping[str, Example] = {}
