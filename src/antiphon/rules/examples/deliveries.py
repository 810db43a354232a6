"""Examples of the rules about how a delivery is packed, ordered and kept up to date (D)."""

from collections.abc import Mapping

from antiphon.rules.example import Example

EXAMPLES: Mapping[str, Example] = {}
