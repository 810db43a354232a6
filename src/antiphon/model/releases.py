"""Releases: what is put before the public, and which resources are on it in which order."""

import msgspec

from antiphon.model.claims import CopyrightLine, Credit, DeliveredId, Genre, Role, ScopedText
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


class ResourceGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A side, a disc, a work or the whole: places in order, and groups inside it in order."""

    kind: str = ""
    sequence: int | None = None
    titles: tuple[ScopedText, ...] = ()
    places: tuple[ResourcePlace, ...] = ()
    groups: tuple["ResourceGroup", ...] = ()


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
