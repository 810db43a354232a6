"""Rules about updates: a release that was delivered before, and what this message does to it."""

from collections.abc import Iterator

from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.findings import Severity
from antiphon.model.identifiers import InvalidIdentifier, gtin_14, parse_grid, parse_icpn
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import is_takedown, track_releases
from antiphon.rules.dates import read_moment
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, Need, breach_at, rule

_KEY_SCHEMES = (IdScheme.GRID, IdScheme.ICPN, IdScheme.PROPRIETARY)
"""The schemes a release is found by, strongest first; a catalogue number is no better than a habit. formats 5."""

_SCHEME_WORDS = {IdScheme.GRID: "GRid", IdScheme.ICPN: "ICPN", IdScheme.PROPRIETARY: "proprietary id"}


@rule(
    "D9",
    "An update describes the whole release",
    severity=Severity.HOLD,
    source="YT-UPD; formats 4",
    confidence=Confidence.PLATFORM,
    fix="send all tracks with every update, changed or not; to withdraw a track, send it without a deal",
    ack_code=AckCode.NEW_RELEASE_MESSAGE_INVALID,
    why="The newest message replaces the earlier one completely: what it leaves out is gone.",
)
def describes_whole_release(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach for an update with fewer tracks than the release has now, unless a newer one is applied."""
    main = evidence.statement.main_release
    if main is None or evidence.context.knowledge is None or is_takedown(evidence.statement) or evidence.is_overtaken:
        return
    known = evidence.context.knowledge.find_release()
    if known is not None and len(evidence.tracks) < len(known.tracks):
        titles = {title.value.casefold() for track in evidence.tracks for title in track.titles}
        gone = [track.title for track in known.tracks if track.title.casefold() not in titles]
        named = f", also {gone[0]!r}" if gone else ""
        yield breach_at(
            main,
            got=f"{len(evidence.tracks)} of {len(known.tracks)} tracks",
            expected=f"all {len(known.tracks)}{named}",
            message="The update leaves tracks out.",
        )


@rule(
    "D10",
    "Media that did not change need not be sent again",
    severity=Severity.NOTE,
    source="YT-UPD; formats 4",
    confidence=Confidence.PLATFORM,
    fix="nothing, if these are still the right files; else deliver the new ones with the next message",
    ack_code=AckCode.FILE_OK,
    need=Need.FILES,
    why="An update may bring the message alone, or a new cover. Said, so that nobody takes an old file for a new one.",
)
def keeps_earlier_files(evidence: Evidence) -> Iterator[Breach]:
    """Yield one note where files of earlier messages stand in for what this one names and does not bring."""
    context, main = evidence.context, evidence.statement.main_release
    if main is None or context.files is None or not context.earlier_files or is_takedown(evidence.statement):
        return
    claims = {claim.uri for resource in evidence.statement.resources for claim in resource.files}
    missing = (uri for uri in claims if evidence.delivered.match(uri) is None)
    kept = sorted(uri for uri in missing if evidence.delivered_earlier.match(uri) is not None)
    if kept:
        others = f" and {len(kept) - 1} more" if kept[1:] else ""
        yield breach_at(
            main,
            got=f"{kept[0]}{others} not delivered again",
            expected="new files only where they changed",
            message="Files of earlier messages stand in.",
        )


@rule(
    "D11",
    "A message is not older than the one that is applied",
    severity=Severity.NOTE,
    source="AUD-8327; formats 4",
    confidence=Confidence.THIRD_PARTY,
    fix="nothing, if it was late; to bring its content back, send it again with a new MessageCreatedDateTime",
    ack_code=AckCode.FILE_OK,
    applies_to_purge=True,
    why="Messages overtake each other. The newest by its creation time counts; an older one is kept and not applied.",
)
def is_not_overtaken(evidence: Evidence) -> Iterator[Breach]:
    """Yield a note for a message created before the one that is applied for its release."""
    created, applied = evidence.statement.header.created, evidence.context.applied_created
    if created is not None and applied is not None and evidence.is_overtaken:
        yield Breach(
            path="MessageHeader/MessageCreatedDateTime",
            got=f"created {created.text}",
            expected=f"after {applied.text}, when the applied message was created",
            message="It came late and is not applied.",
        )


@rule(
    "D12",
    "A message without deals is about a release that is known",
    severity=Severity.HOLD,
    source="AUD-8251; formats 4",
    confidence=Confidence.THIRD_PARTY,
    fix="send deals with a first delivery; only a takedown has none",
    ack_code=AckCode.NO_DEAL_IN_NEW_RELEASE_MESSAGE,
    stops_takedown=True,
    why="Without deals a message takes its release down. Of a release that never was, the deals were forgotten.",
)
def has_deals_or_is_known(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where a release that was never delivered comes without any deal that grants."""
    main = evidence.statement.main_release
    if main is not None and evidence.context.is_known_release is False and is_takedown(evidence.statement):
        yield breach_at(
            main,
            got="no deal",
            expected="a deal, since this release was never delivered before",
            message="A release that was never delivered comes without a deal.",
        )


@rule(
    "D14",
    "A release keeps its identifiers",
    severity=Severity.HOLD,
    source="PS-META; formats 5",
    confidence=Confidence.PLATFORM,
    fix="send the identifier the release was first delivered under; mark the old one IsReplaced if it was wrong",
    ack_code=AckCode.IDENTIFIER_INVALID,
    why="The identifier is how an update finds its release: with another one, the next update makes a second release.",
)
def keeps_release_ids(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where the release was known by another id, or its strongest one is missing.

    It only warns where another id still leads to the release. An id that is said to be replaced is an honest change, an
    id of a further scheme an addition, and what is weaker than an id that was kept says nothing.
    """
    main, knowledge = evidence.statement.main_release, evidence.context.knowledge
    known = knowledge.find_release() if main is not None and knowledge is not None else None
    if main is None or known is None:
        return
    ids = {key: claimed.is_replaced for claimed in main.ids if (key := _key(claimed))}
    for scheme in _KEY_SCHEMES:
        before = [key for key in known.keys if key.startswith(f"{scheme}:")]
        now = [key for key, is_replaced in ids.items() if key.startswith(f"{scheme}:") and not is_replaced]
        if any(key in ids for key in before):
            return
        if before and (now or before[0] == known.keys[0]):
            yield breach_at(
                main,
                got=_words(now[0]) if now else f"no {_SCHEME_WORDS[scheme]}",
                expected=f"{_words(before[0])}, as it was delivered before",
                message="The release comes under another identifier than before.",
                severity=Severity.WARN if any(key in ids for key in known.keys) else None,
            )
            return


@rule(
    "P10",
    "A track that is withdrawn loses its deal",
    severity=Severity.NOTE,
    source="PS-T3; formats 4",
    confidence=Confidence.PLATFORM,
    fix="nothing, if the track is meant to come down; else send its deal again",
    ack_code=AckCode.FILE_OK,
    why="Leaving a track's deal out, or ending it, takes that track down and leaves the others. Said, since it also "
    "happens by mistake.",
)
def withdraws_no_track_unseen(evidence: Evidence) -> Iterator[Breach]:
    """Yield a note per track of a known release whose deals are gone or over, while others' go on."""
    tracks = track_releases(evidence.statement)
    if evidence.context.is_known_release is not True or not tracks:
        return
    playable = [track for track in tracks if _is_granted(evidence, track.reference)]
    for track in tracks if playable else ():
        if track not in playable:
            over = track.reference in evidence.deals
            got = f"{'only deals that are over' if over else 'no deal'} for track release {track.reference}"
            yield breach_at(
                track, got=got, expected="a deal, unless the track is to come down", message="The track is withdrawn."
            )


def _is_granted(evidence: Evidence, reference: str) -> bool:
    """Tell whether a release has a deal that is not over yet."""
    now = evidence.context.now.replace(tzinfo=None)
    for deal in evidence.deals.get(reference, ()):
        for period in deal.periods:
            ends = read_moment(period.end) if period.end else None
            if ends is None or ends > now:
                return True
    return False


def _key(claimed: DeliveredId) -> str:
    """Return an id as the catalogue's keys have it; empty: it is none that a release is found by."""
    try:
        if claimed.scheme is IdScheme.ICPN:
            return f"{claimed.scheme}:{gtin_14(parse_icpn(claimed.text))}"
        if claimed.scheme is IdScheme.GRID:
            return f"{claimed.scheme}:{parse_grid(claimed.text)}"
    except InvalidIdentifier:
        return ""
    named = f"{claimed.scheme}:{claimed.namespace.strip()}:{claimed.text.strip()}"
    return named if claimed.scheme is IdScheme.PROPRIETARY and claimed.text.strip() else ""


def _words(key: str) -> str:
    scheme, _, rest = key.partition(":")
    return f"{_SCHEME_WORDS[IdScheme(scheme)]} {rest.rpartition(':')[2]}"


RULES = (
    describes_whole_release,
    keeps_earlier_files,
    is_not_overtaken,
    has_deals_or_is_known,
    keeps_release_ids,
    withdraws_no_track_unseen,
)
