"""All examples, by rule id. A rule without one fails a test."""

from collections.abc import Mapping

from antiphon.rules.example import Example
from antiphon.rules.examples import (
    artists,
    deals,
    deliveries,
    descriptions,
    identifiers,
    media,
    messages,
    titles,
)

EXAMPLES: Mapping[str, Example] = {
    **deliveries.EXAMPLES,
    **messages.EXAMPLES,
    **identifiers.EXAMPLES,
    **media.EXAMPLES,
    **titles.EXAMPLES,
    **artists.EXAMPLES,
    **deals.EXAMPLES,
    **descriptions.EXAMPLES,
}
"""Rule id -> its example."""
