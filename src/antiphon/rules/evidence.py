"""What rules look at: the statement, what came with it, and what decoding told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

import msgspec

from antiphon.model.claims import Genre
from antiphon.model.deals import Deal
from antiphon.model.media import ResourceMedia
from antiphon.model.periods import Moment
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.model.statement import Statement
from antiphon.rules.anatomy import (
    all_deals,
    deals_by_release,
    described_parts,
    genres_by_track,
    is_withdrawal,
    tracks_of,
)
from antiphon.rules.covers import titles_of_covers
from antiphon.rules.credits import NameUse, used_contributor_names, used_names
from antiphon.rules.dates import earliest_instant, find_first_start
from antiphon.rules.knowledge import Knowledge
from antiphon.rules.policy import Policy, Terms
from antiphon.rules.references import DeliveredFiles
from antiphon.rules.title_anatomy import ShownTitle, shown_titles
from antiphon.rules.vocabulary import Vocabulary, vocabulary_of


class BatchFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the batch a delivery came in. ``name``: its folder's.

    ``marker``: the name of its completion marker, and ``marker_size_bytes`` its size; "" and None: nobody looked.
    ``declared_count`` and ``is_test``: what its manifest says of the number of messages and of being a test; None: it
    does not, or there is no manifest. ``found_count``: the messages that were found. ``is_first``: the delivery is the
    batch's first, with which what concerns the whole batch is told once.
    """

    name: str
    marker: str = ""
    marker_size_bytes: int | None = None
    declared_count: int | None = None
    found_count: int | None = None
    is_test: bool | None = None
    is_first: bool = False


class CheckContext(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a delivery beside its statement.

    ``files``: path inside the release folder -> size in bytes, of everything delivered but the message; None: a bare
    message, so rules about files are silent. ``earlier_files``: the same, of files that earlier messages of the
    release brought and that still count. ``hashes``: path -> algorithm as hashlib names it -> lower-case hex; None:
    not computed. ``is_known_release``: whether the release was delivered before; None: nobody could tell (a linter on
    a laptop). ``knowledge``: where rules ask the catalogue; None: there is none, and those rules are silent. ``now`` is
    aware.

    ``folder``: the name of the release folder; "": the message came without one. ``batch``: what is known of its batch;
    None: it came without one. ``applied_created``: when the message was created that is applied for this release now;
    None: none is. ``updates_today``: how many messages about known releases its provider sent on this day (UTC), this
    one included; None: nobody counted.
    """

    now: datetime
    message_file: str = ""
    files: Mapping[str, int] | None = None
    earlier_files: Mapping[str, int] = msgspec.field(default_factory=dict)
    hashes: Mapping[str, Mapping[str, str]] | None = None
    is_known_release: bool | None = None
    knowledge: Knowledge | None = None
    folder: str = ""
    batch: BatchFacts | None = None
    applied_created: Moment | None = None
    updates_today: int | None = None


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
    def is_overtaken(self) -> bool:
        """Tell whether a message created after this one is applied already, so that this one will change nothing."""
        created, applied = self.statement.header.created, self.context.applied_created
        if created is None or applied is None or created.kind is not applied.kind:
            return False
        created_at, applied_at = earliest_instant(created), earliest_instant(applied)
        return created_at is not None and applied_at is not None and created_at < applied_at

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
    def delivered(self) -> DeliveredFiles:
        """The files of this delivery, to look references up in; none, where nobody knows."""
        return DeliveredFiles(self.context.files or {})

    @cached_property
    def delivered_earlier(self) -> DeliveredFiles:
        """The files that earlier messages brought, to look references up in."""
        return DeliveredFiles(self.context.earlier_files)

    @cached_property
    def deals(self) -> Mapping[str, Sequence[Deal]]:
        """The deals of each release: ``anatomy.deals_by_release``."""
        return deals_by_release(self.statement)

    @cached_property
    def granting_deals(self) -> tuple[Deal, ...]:
        """The deals that mean to grant: with terms, and no withdrawal; each once, in message order."""
        return tuple(deal for deal in all_deals(self.statement) if deal.has_terms and not is_withdrawal(deal))

    @cached_property
    def first_start(self) -> Moment | None:
        """The earliest start of what is granted, orders ahead of it apart; None: no start can be read."""
        return find_first_start(self.granting_deals)

    @cached_property
    def covers(self) -> tuple[tuple[Release | Resource, str], ...]:
        """The parts that may be karaoke, tributes or covers, with their titles: ``covers.titles_of_covers``."""
        return titles_of_covers(self.parts)

    @cached_property
    def track_genres(self) -> Mapping[str, tuple[Genre, ...]]:
        """The genres of tracks by reference, where they have some: ``anatomy.genres_by_track``."""
        return genres_by_track(self.statement)

    @property
    def words(self) -> Vocabulary:
        """The element names of the message's version, for what a finding tells its sender to write."""
        return vocabulary_of(self.statement.format.version)

    @cached_property
    def artists(self) -> Mapping[str, NameUse]:
        """The names of the display artists: ``credits.used_names``."""
        return used_names(self.parts)

    @cached_property
    def contributors(self) -> Mapping[str, NameUse]:
        """The names of the tracks' contributors: ``credits.used_contributor_names``."""
        return used_contributor_names(self.tracks)
