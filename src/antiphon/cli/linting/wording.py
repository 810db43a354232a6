"""How a finding is put into one sentence."""

from antiphon.model.findings import Finding
from antiphon.rules import find_rule


def say_fault(finding: Finding) -> str:
    """Return what is wrong, in one sentence: the finding's own words, or what was got and what was expected.

    A rule's title says how things should be ("Every resource is used by a release"), which is not what is wrong.
    """
    if has_own_words(finding):
        return finding.message
    return f"got {finding.got}; expected {finding.expected}"


def has_own_words(finding: Finding) -> bool:
    """Tell whether a finding says more than the title of its rule."""
    rule = find_rule(finding.rule)
    is_title = rule is not None and finding.message.removesuffix(".") == rule.title
    return bool(finding.message) and not (is_title and finding.got)
