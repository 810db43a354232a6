"""Examples of the rules about titles and versions (T)."""

from collections.abc import Mapping

from antiphon.rules.example import Example

EXAMPLES: Mapping[str, Example] = {}
