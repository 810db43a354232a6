"""All rules, written out. A rule that is not in here is not asked; a test finds any that was forgotten."""

from antiphon.rules import (
    advisory_rules,
    agreement_rules,
    artist_rules,
    batch_rules,
    casing_rules,
    conflict_rules,
    continuity_rules,
    cover_rules,
    credit_rules,
    date_rules,
    deal_rules,
    description_rules,
    file_rules,
    genre_rules,
    identifier_rules,
    immersive_rules,
    isrc_rules,
    known_artist_rules,
    language_rules,
    media_rules,
    message_rules,
    name_rules,
    product_rules,
    profile_rules,
    reference_rules,
    release_type_rules,
    spelling_rules,
    text_rules,
    title_rules,
    update_rules,
    version_rules,
)
from antiphon.rules.registry import Rule

RULES: tuple[Rule, ...] = (
    *message_rules.RULES,
    *reference_rules.RULES,
    *profile_rules.RULES,
    *identifier_rules.RULES,
    *isrc_rules.RULES,
    *immersive_rules.RULES,
    *description_rules.RULES,
    *text_rules.RULES,
    *spelling_rules.RULES,
    *title_rules.RULES,
    *casing_rules.RULES,
    *version_rules.RULES,
    *product_rules.RULES,
    *artist_rules.RULES,
    *name_rules.RULES,
    *known_artist_rules.RULES,
    *credit_rules.RULES,
    *advisory_rules.RULES,
    *language_rules.RULES,
    *genre_rules.RULES,
    *cover_rules.RULES,
    *agreement_rules.RULES,
    *batch_rules.RULES,
    *update_rules.RULES,
    *release_type_rules.RULES,
    *date_rules.RULES,
    *deal_rules.RULES,
    *conflict_rules.RULES,
    *continuity_rules.RULES,
    *file_rules.RULES,
    *media_rules.RULES,
)
"""Every rule, by subject."""


def list_rules() -> tuple[Rule, ...]:
    """Return every rule, sorted by id: letters first, then numbers as numbers."""
    return tuple(sorted(RULES, key=lambda rule: (rule.id[0], int(rule.id[1:]))))


def find_rule(rule_id: str) -> Rule | None:
    """Return the rule of an id; None: there is none, as for the codes of what could not be read at all."""
    return next((rule for rule in RULES if rule.id == rule_id), None)
