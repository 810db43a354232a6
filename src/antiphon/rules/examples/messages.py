"""Examples of the rules about what any message must have (M)."""

from collections.abc import Mapping

from antiphon.rules.example import Edit, Example

EXAMPLES: Mapping[str, Example] = {
    "M5": Example(
        fails=(Edit("<Duration>PT11M20S</Duration>", "<Duration>11:20</Duration>"),),
        passes=(Edit("<Duration>PT11M20S</Duration>", "<Duration>PT0H11M20S</Duration>"),),
    ),
}
