"""What the quality of a release is measured in, and what each of it weighs. ``docs/quality.md`` tells it to people."""

from enum import StrEnum

import msgspec

POINT_BP = 100
"""Basis points in one point. Scores are whole basis points, 10,000 for a release that lacks nothing, so that sums over
a catalogue are exact and two machines agree."""

PERFECT_BP = 100 * POINT_BP

POLICY_VERSION = 1
"""Of the weights and measures below; a score is compared with one of another version only with care. Count it up with
every change of either."""


class Dimension(StrEnum):
    """What is measured of every release. The values are stable API, and the order that of every surface."""

    ISRC = "isrc"
    ICPN = "icpn"
    ISWC = "iswc"
    ARTIST_IDS = "artist_ids"
    WRITERS = "writers"
    LYRICISTS = "lyricists"
    PRODUCERS = "producers"
    P_LINE = "p_line"
    C_LINE = "c_line"
    LABEL = "label"
    COVER = "cover"
    COVER_SIZE = "cover_size"
    LANGUAGES = "languages"
    TITLE_LANGUAGES = "title_languages"
    GENRE = "genre"
    RELEASE_DATE = "release_date"
    DEALS = "deals"
    GRANTED = "granted"
    FINDINGS = "findings"
    DUPLICATES = "duplicates"
    CONFLICTS = "conflicts"


class Group(StrEnum):
    """What dimensions belong together, as reports group them."""

    IDENTIFIERS = "identifiers"
    CREDITS = "credits"
    ARTWORK = "artwork"
    TEXT = "text"
    RIGHTS = "rights"
    FINDINGS = "findings"
    DUPLICATES = "duplicates"
    CONFLICTS = "conflicts"


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One dimension: how many of the hundred points it holds and why so many; what is lacking, and what mends it.

    ``counts``: what is counted, in the plural. ``cost_bp`` is for what is wrong rather than missing: what one finding
    takes at most; 0 where a share of what should be there is counted.
    """

    dimension: Dimension
    group: Group
    weight: int
    title: str
    counts: str
    lacks: str
    fix: str
    why: str
    cost_bp: int = 0


MEASURES: tuple[Measure, ...] = (
    Measure(
        dimension=Dimension.ISRC,
        group=Group.IDENTIFIERS,
        weight=10,
        title="ISRC",
        counts="tracks",
        lacks="no ISRC that can be read",
        fix="send the ISRC of the recording",
        why="Plays are counted, paid and matched by it: without one a recording is found by its title alone.",
    ),
    Measure(
        dimension=Dimension.ICPN,
        group=Group.IDENTIFIERS,
        weight=5,
        title="ICPN or GRid",
        counts="releases",
        lacks="no ICPN or GRid that can be read",
        fix="send the barcode or the GRid of the release",
        why="Charts and shops know a release by it; an id of the sender's own is known to the sender.",
    ),
    Measure(
        dimension=Dimension.ISWC,
        group=Group.IDENTIFIERS,
        weight=3,
        title="ISWC",
        counts="tracks",
        lacks="no ISWC of its work",
        fix="send the ISWC of the work as soon as it is given",
        why="It pays the writers. It weighs little, since societies often give it after the release.",
    ),
    Measure(
        dimension=Dimension.ARTIST_IDS,
        group=Group.IDENTIFIERS,
        weight=6,
        title="Artist ids",
        counts="artists",
        lacks="no ISNI, IPI or id of the sender's own",
        fix="send an ISNI or IPI of the artist, or an id of your own under your DPID",
        why="A name is shared by many; music on the wrong artist's page begins where there is nothing but a name.",
    ),
    Measure(
        dimension=Dimension.WRITERS,
        group=Group.CREDITS,
        weight=8,
        title="Writers",
        counts="tracks",
        lacks="no composer or writer",
        fix="credit who wrote it: Composer, Lyricist or ComposerLyricist",
        why="Writers are paid by their credits.",
    ),
    Measure(
        dimension=Dimension.LYRICISTS,
        group=Group.CREDITS,
        weight=3,
        title="Lyricists",
        counts="tracks with words",
        lacks="words, and no lyricist",
        fix='credit a Lyricist or ComposerLyricist; of a track without words, say "zxx" as its language',
        why="Words are half of a song's royalties; but many senders say ComposerLyricist where they say anything.",
    ),
    Measure(
        dimension=Dimension.PRODUCERS,
        group=Group.CREDITS,
        weight=4,
        title="Producers",
        counts="tracks",
        lacks="no producer or engineer",
        fix="credit a Producer, Mixer or RecordingEngineer",
        why="Platforms rate distributors by how full their credits are, and listeners follow producers.",
    ),
    Measure(
        dimension=Dimension.P_LINE,
        group=Group.CREDITS,
        weight=4,
        title="P line",
        counts="tracks",
        lacks="no P line with its year",
        fix="add a P line with year and owner to the track or the release",
        why="It says who owns the recording.",
    ),
    Measure(
        dimension=Dimension.C_LINE,
        group=Group.CREDITS,
        weight=3,
        title="C line",
        counts="releases",
        lacks="no C line with its year",
        fix="add a C line with year and owner to the release",
        why="It says who owns the release and its artwork.",
    ),
    Measure(
        dimension=Dimension.LABEL,
        group=Group.CREDITS,
        weight=4,
        title="Label",
        counts="releases",
        lacks="no label",
        fix="name the label",
        why="Reports, charts and curators go by it.",
    ),
    Measure(
        dimension=Dimension.COVER,
        group=Group.ARTWORK,
        weight=6,
        title="Front cover",
        counts="releases",
        lacks="no front cover",
        fix="deliver a FrontCoverImage, and link it from the release",
        why="It is what a listener sees of a release.",
    ),
    Measure(
        dimension=Dimension.COVER_SIZE,
        group=Group.ARTWORK,
        weight=4,
        title="Cover size",
        counts="releases",
        lacks="no cover of 3000 x 3000 px",
        fix="deliver the cover at 3000 x 3000 px, from the original",
        why="Large platforms ask for it; a smaller one is shown, and is blurred on a large screen.",
    ),
    Measure(
        dimension=Dimension.LANGUAGES,
        group=Group.TEXT,
        weight=4,
        title="Languages sung",
        counts="tracks",
        lacks="no language of performance",
        fix='add LanguageOfPerformance, such as "en"; "zxx" where there are no words',
        why="Recommendations and lyrics go by it.",
    ),
    Measure(
        dimension=Dimension.TITLE_LANGUAGES,
        group=Group.TEXT,
        weight=2,
        title="Languages of titles",
        counts="titles",
        lacks="no language of the title",
        fix="add LanguageAndScriptCode to the title or to the message",
        why="Search and sorting go by it. It weighs little: ERN 3 has hardly a place for it.",
    ),
    Measure(
        dimension=Dimension.GENRE,
        group=Group.TEXT,
        weight=3,
        title="Genre",
        counts="releases",
        lacks="no genre",
        fix="name a genre of the list",
        why="A release without one is in no list but its artist's.",
    ),
    Measure(
        dimension=Dimension.RELEASE_DATE,
        group=Group.TEXT,
        weight=3,
        title="Release date",
        counts="releases",
        lacks="no release date with its day",
        fix="give ReleaseDate or OriginalReleaseDate with year, month and day",
        why="Discographies are in its order.",
    ),
    Measure(
        dimension=Dimension.DEALS,
        group=Group.RIGHTS,
        weight=4,
        title="Whole deals",
        counts="deals",
        lacks="a deal without territory, start, model or use",
        fix="give the deal its territories, its start, a commercial model and a use type",
        why="What a deal leaves open grants nothing, and nobody notices until a listener does.",
    ),
    Measure(
        dimension=Dimension.GRANTED,
        group=Group.RIGHTS,
        weight=4,
        title="Tracks with a deal",
        counts="tracks",
        lacks="no deal, where others of the release have one",
        fix="send a deal for the track's release",
        why="A gap in an album is mostly a forgotten deal. Of a release without any deal nothing is asked.",
    ),
    Measure(
        dimension=Dimension.FINDINGS,
        group=Group.FINDINGS,
        weight=10,
        title="Findings",
        counts="findings in force",
        lacks="",
        fix="mend what the finding names",
        why="What the rules doubt and nobody has answered for: a warning takes two points, a note a quarter.",
    ),
    Measure(
        dimension=Dimension.DUPLICATES,
        group=Group.DUPLICATES,
        weight=4,
        title="Duplicates",
        counts="doubts that something is here twice",
        lacks="",
        fix="send the recording once, under the ISRC it was given first",
        why="Plays of one recording are divided between two.",
        cost_bp=2 * POINT_BP,
    ),
    Measure(
        dimension=Dimension.CONFLICTS,
        group=Group.CONFLICTS,
        weight=6,
        title="Conflicts",
        counts="identifiers in conflict",
        lacks="",
        fix="ask the owner of the recording or the barcode; whoever is wrong corrects it",
        why="One of two parties is paid for the other's music. It counts whoever is right, and whoever let it pass.",
        cost_bp=3 * POINT_BP,
    ),
)
"""Every dimension in order; the weights sum to a hundred."""
