"""Rules: a statement and facts to findings, one function per rule.

The policy, in prose. A rule is asked about evidence (``evidence``) and yields breaches; each becomes a finding with
rule id, severity, place, what was got, what was expected and what to do. All rules are asked every time and all
breaches are told, sorted, worst first: only what cannot be read at all raises, and that is not done here. Rules are
pure: no clock (``now`` is in the context), no disk (files are names and sizes, hashes are given). What the catalogue
knows is asked through one narrow interface (``knowledge``), for a whole message at once; where there is none, as for a
linter, the rules that need it are silent. Of other providers a finding says nothing a listener could not see.

*How much a breach weighs.* Where a standard or a platform demands it and we cannot do without, it is fatal; where
distributors read the platforms so, or a person could decide, it holds the delivery; advice and what we can make good
ourselves only warns. A rule may take some of its breaches more lightly (a cover below 640 px is fatal, below 3000 px a
warning). A provider's ``Policy`` changes severities, and may switch off a rule that no standard and no platform backs.
A few rules that other services reject by only warn here (P and C line, front cover), since the standard's own examples
lack them. What a rule measures by (versions that are taken, purges, lead times, updates in a day) is in the policy's
``Terms``, which hold from a day on.

*What is not known is not asked.* A rule that needs files, a batch, an earlier message or the catalogue is silent where
the context has none, as on a laptop: it never guesses that there was nothing.

*Takedowns go first.* A message without grants about a release we know is a takedown, and blemishes may not stop it: its
findings are warnings, but for those without which nobody could tell what to take down.

*Ids.* ``D``, ``I``, ``A``, ``C``, ``T``, ``R``, ``P``, ``L`` with the numbers of the delivery rules the field shares,
``M`` for what any message must have. An id is stable API: never reused, never renumbered. Each rule names the code an
acknowledgement gives it (``acknowledgement``).

A worked example. A message whose second track has the ISRC ``QZ-ANT-26-0002``, one digit short, gives::

    fatal I1 message.xml:112 (/NewReleaseMessage/ResourceList/SoundRecording[2])
    got:      ISRC 'QZ-ANT-26-0002'
    expected: 2 letters, 3 letters or digits, 7 digits
    fix:      send the ISRC the recording was registered with: 12 characters, without hyphens

To add a rule: write a generator under ``@rule(...)`` in the module of its subject, name it in that module's
``RULES``, give it an example (``examples``), and run ``make docs``: the page of the rule plays it.
"""

from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.checking import check_media, check_statement
from antiphon.rules.declared_hashes import declared_algorithms
from antiphon.rules.evidence import CheckContext, Evidence
from antiphon.rules.policy import MomentForm, Policy, Terms
from antiphon.rules.policy_check import require_valid_policy
from antiphon.rules.references import FileMatch, is_safe_reference, match_file, resolve_file
from antiphon.rules.registry import Breach, Confidence, Need, Rule
from antiphon.rules.rule_book import RULES, find_rule, list_rules

__all__ = [
    "RULES",
    "AckCode",
    "Breach",
    "CheckContext",
    "Confidence",
    "Evidence",
    "FileMatch",
    "MomentForm",
    "Need",
    "Policy",
    "Rule",
    "Terms",
    "check_media",
    "check_statement",
    "declared_algorithms",
    "find_rule",
    "is_safe_reference",
    "list_rules",
    "match_file",
    "require_valid_policy",
    "resolve_file",
]
