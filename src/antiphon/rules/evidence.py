"""What rules look at: the statement, what came with it, and what decoding told."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

import msgspec

from antiphon.model.media import ResourceMedia
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.model.statement import Statement
from antiphon.rules.anatomy import described_parts, tracks_of
from antiphon.rules.credits import NameUse, used_contributor_names, used_names
from antiphon.rules.knowledge import Knowledge
from antiphon.rules.policy import Policy, Terms
from antiphon.rules.title_anatomy import ShownTitle, shown_titles


class CheckContext(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a delivery beside its statement.

    ``files``: path inside the release folder -> size in bytes, of everything delivered but the message; None: a bare
    message, so rules about files are silent. ``earlier_files``: the same, of files that earlier messages of the
    release brought and that still count. ``hashes``: path -> algorithm as hashlib names it -> lower-case hex; None:
    not computed. ``is_known_release``: whether the release was delivered before; None: nobody could tell (a linter on
    a laptop). ``knowledge``: where rules ask the catalogue; None: there is none, and those rules are silent. ``now`` is
    aware.
    """

    now: datetime
    message_file: str = ""
    files: Mapping[str, int] | None = None
    earlier_files: Mapping[str, int] = msgspec.field(default_factory=dict)
    hashes: Mapping[str, Mapping[str, str]] | None = None
    is_known_release: bool | None = None
    knowledge: Knowledge | None = None


class Evidence(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All a rule may look at. ``media`` is keyed by resource reference, and empty until files have been decoded.

    What many rules ask of the statement is worked out once, when the first of them asks.
    """

    statement: Statement
    context: CheckContext
    media: Mapping[str, ResourceMedia] = msgspec.field(default_factory=dict)
    policy: Policy = Policy()

    @cached_property
    def terms(self) -> Terms:
        """The provider's terms in force now."""
        return self.policy.terms_at(self.context.now)

    @cached_property
    def tracks(self) -> tuple[Resource, ...]:
        """The sound recordings of the main release: ``anatomy.tracks_of``."""
        return tracks_of(self.statement)

    @cached_property
    def parts(self) -> tuple[Release | Resource, ...]:
        """What listeners get to see: ``anatomy.described_parts``."""
        return described_parts(self.statement)

    @cached_property
    def titles(self) -> tuple[ShownTitle, ...]:
        """The titles listeners get to see: ``title_anatomy.shown_titles``."""
        return shown_titles(self.parts, self.tracks)

    @cached_property
    def artists(self) -> Mapping[str, NameUse]:
        """The names of the display artists: ``credits.used_names``."""
        return used_names(self.parts)

    @cached_property
    def contributors(self) -> Mapping[str, NameUse]:
        """The names of the tracks' contributors: ``credits.used_contributor_names``."""
        return used_contributor_names(self.tracks)
