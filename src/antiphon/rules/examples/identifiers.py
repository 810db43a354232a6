"""Examples of the rules about identifiers (I)."""

from collections.abc import Mapping

from antiphon.rules.example import Example

EXAMPLES: Mapping[str, Example] = {}
