"""Releases: what is put before the public, and which resources are on it in which order."""

import msgspec

from antiphon.model.claims import (
    Advisory,
    CopyrightLine,
    Credit,
    DatedEvent,
    DeliveredId,
    Flag,
    Genre,
    Relation,
    Role,
    Scope,
    ScopedText,
    Term,
)
from antiphon.model.periods import Moment


class ResourcePlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a resource stands on a release. Outside every group ``link`` says what it is for ("FrontCoverImage")."""

    resource_reference: str
    sequence: int | None = None
    link: str = ""
    is_primary: bool = True
    is_hidden: bool = False
    is_bonus: bool = False
    line: int = 0
    sub_sequence: int | None = None
    display_sequence: str = ""
    """The number to show ("B2"), where it is not ``sequence``."""
    duration_text: str = ""
    flags: tuple[Flag, ...] = ()
    """NoDisplaySequence, IsInstantGratificationResource, IsPreOrderIncentiveResource."""
    linked_to: str = ""
    """For a link: the resource of the place it hangs on; empty: it hangs on a group."""
    linked_group: tuple[int, ...] = ()
    """For a link on a group inside the tree: the way down to that group, 0-based at each level."""


class ResourceGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A side, a disc, a work or the whole: places in order, and groups inside it in order."""

    kind: str = ""
    sequence: int | None = None
    titles: tuple[ScopedText, ...] = ()
    places: tuple[ResourcePlace, ...] = ()
    groups: tuple["ResourceGroup", ...] = ()
    display_sequence: str = ""
    display_artists: tuple[Credit, ...] = ()
    contributors: tuple[Credit, ...] = ()
    carriers: tuple[Role, ...] = ()
    duration_text: str = ""
    flags: tuple[Flag, ...] = ()
    release_reference: str = ""
    release_ids: tuple[DeliveredId, ...] = ()
    """The release this group is, where it is one of its own (a disc of a boxed set)."""
    scope: Scope = Scope()
    """For whom this tree is, where territory blocks have trees of their own."""


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One release or track release. ``reference`` (R...) holds inside its message only.

    ``is_track_release`` covers ERN 4's TrackRelease and ERN 3's ReleaseType TrackRelease; ``is_track_element`` tells
    that the message used the TrackRelease element. ``resources`` is the flat list of ERN 3 and the linked resources
    of ERN 4, in message order; ``group`` the tree.
    """

    reference: str
    types: tuple[Role, ...] = ()
    is_main: bool = False
    is_main_inferred: bool = False
    """The message marks no main release; its reader took this one for it."""
    is_track_release: bool = False
    is_track_element: bool = False
    ids: tuple[DeliveredId, ...] = ()
    titles: tuple[ScopedText, ...] = ()
    display_artists: tuple[Credit, ...] = ()
    display_artist_names: tuple[ScopedText, ...] = ()
    labels: tuple[ScopedText, ...] = ()
    genres: tuple[Genre, ...] = ()
    p_lines: tuple[CopyrightLine, ...] = ()
    c_lines: tuple[CopyrightLine, ...] = ()
    advisories: tuple[Role, ...] = ()
    ai_use: str = ""
    """How much of it generative AI made, as written ("None", "Partly", "All"); empty: not said. Source: ContainsAI."""
    release_date: Moment | None = None
    original_release_date: Moment | None = None
    duration_ms: int | None = None
    is_compilation: bool | None = None
    resources: tuple[ResourcePlace, ...] = ()
    group: ResourceGroup | None = None
    line: int = 0
    path: str = ""
    is_clip: bool = False
    """The release is of a part of a recording only. Source: ERN 4.3 ClipRelease."""
    contributors: tuple[Credit, ...] = ()
    administrators: tuple[Credit, ...] = ()
    """Record companies that administer the release. Source: ERN AdministratingRecordCompany."""
    flags: tuple[Flag, ...] = ()
    """What is said of it by yes or no: IsSingleArtistCompilation, IsSoundtrack, IsHiResMusic."""
    terms: tuple[Term, ...] = ()
    texts: tuple[ScopedText, ...] = ()
    """Keywords, Synopsis, MarketingComment, CourtesyLine and their like, each with its element as ``kind``."""
    dates: tuple[DatedEvent, ...] = ()
    """Dates beyond ``release_date`` and ``original_release_date``, and those two where they are for some only."""
    relations: tuple[Relation, ...] = ()
    advisory_scopes: tuple[Advisory, ...] = ()
    """The advisories again and ratings, where the sender says for whom they are, or by whose standard."""
    visibility_references: tuple[str, ...] = ()
    """The visibilities (V...) of the message that hold for this release."""
    other_groups: tuple[ResourceGroup, ...] = ()
    """The trees of further territory blocks, each with its scope, where they differ from ``group``."""
    links: tuple[ResourcePlace, ...] = ()
    """Where the linked resources hang, where that is not on the release as a whole; ``resources`` has each once."""
    default_language: str = ""
    """The language of its texts that name none themselves. Source: ERN @LanguageAndScriptCode."""
    duration_text: str = ""

    def flag(self, name: str) -> bool | None:
        """Return what the message says of an element like IsSoundtrack; None where it says nothing."""
        return next((flag.is_set for flag in self.flags if flag.name == name), None)
