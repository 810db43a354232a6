"""One example per rule, a module per letter of rule ids, and the good messages they all start from.

A module is a mapping from rule id to ``Example``; ``rules.example_book`` puts them together. To write one, look at
``base.xml`` and say what to change::

    EXAMPLES: Mapping[str, Example] = {
        "M5": Example(
            fails=(Edit("<Duration>PT11M20S</Duration>", ""),),
            passes=(Edit("<Duration>PT11M20S</Duration>", "<Duration>PT0H11M20S</Duration>"),),
        ),
    }

Choose for ``passes`` what is near to the fault and yet right; without edits it is the good message itself. Where a rule
needs more than the message, ``fails_given=given("the release was never delivered before", is_known_release=False)``.
"""
