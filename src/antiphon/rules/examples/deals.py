"""Examples of the rules about types, dates, deals and territories (P)."""

from collections.abc import Mapping

from antiphon.rules.example import Example

EXAMPLES: Mapping[str, Example] = {}
