"""Examples of the rules about audio and artwork (A, C)."""

from collections.abc import Mapping

from antiphon.rules.example import Example

EXAMPLES: Mapping[str, Example] = {}
