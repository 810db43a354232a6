"""What the record knows of a message's forerunners that its sender had better know too."""

from collections.abc import Iterator

from sqlalchemy import Connection

from antiphon.identity import LinkBook
from antiphon.identity.rivals import find_rival_keys
from antiphon.model.delivery import Delivery
from antiphon.model.findings import Finding, Place, Severity
from antiphon.model.statement import MessageKind, Statement
from antiphon.record.deliveries import count_namesakes

REUSED_RULE = "MessageIdReused"
UNKNOWN_PURGE_RULE = "PurgeOfUnknownRelease"
TWO_RELEASES_RULE = "ReleaseIdsDisagree"
AMBIGUOUS_PURGE_RULE = "PurgeAmbiguous"


def check_history(
    connection: Connection, delivery: Delivery, statement: Statement, known: LinkBook, *, is_known_release: bool
) -> Iterator[Finding]:
    """Yield warnings for a message id that another message has and for a purge of what was never delivered, and a hold
    for ids that have come to mean two releases.

    The warnings stop nothing: of two messages with one id the newer counts, and a purge may have overtaken the delivery
    it purges, which then does not go live. Source: formats 4.
    """
    file = delivery.message.path
    message_id = statement.header.message_id
    if message_id and count_namesakes(connection, delivery, message_id):
        yield Finding(
            rule=REUSED_RULE,
            severity=Severity.WARN,
            place=Place(file=file, path="MessageHeader/MessageId"),
            got=f"{message_id}, which another message of yours has",
            expected="an id that no other message has",
            fix="give every message an id of its own; send the same message again only as it was",
            message="Of messages with one id the one that was created last counts.",
        )
    for key in find_rival_keys(delivery.provider, statement, known):
        main = statement.main_release or next(iter(statement.releases), None)
        yield Finding(
            rule=TWO_RELEASES_RULE,
            severity=Severity.HOLD,
            place=Place(file=file, line=main.line if main else 0, path=main.path if main else ""),
            got=f"{key}, under which another release of yours was delivered or purged",
            expected="ids that all mean one release",
            fix="nothing, if they do: whoever looks at this takes the other down and clears this; else correct the id",
            message="Messages that named one id each made two releases of what this message says is one.",
        )
    if statement.kind is MessageKind.PURGE and not is_known_release:
        release = next(iter(statement.releases), None)
        yield Finding(
            rule=UNKNOWN_PURGE_RULE,
            severity=Severity.WARN,
            place=Place(file=file, line=release.line if release else 0, path=release.path if release else ""),
            got=", ".join(i.text for i in release.ids) if release else "",
            expected="a release that was delivered",
            fix="nothing, if its delivery is still on the way; else look whether the identifier is the one delivered",
            message="The purge is kept: a message about this release that was created earlier will not go live.",
        )


def find_ambiguous_purge(statement: Statement, file: str) -> Finding | None:
    """Return the hold for a purge that names no identifier: titles are not unique; None: it names one, or is none."""
    release = next(iter(statement.releases), None)
    if statement.kind is not MessageKind.PURGE or (release is not None and release.ids):
        return None
    titles = ", ".join(repr(title.value) for title in release.titles) if release else ""
    return Finding(
        rule=AMBIGUOUS_PURGE_RULE,
        severity=Severity.HOLD,
        place=Place(file=file, line=release.line if release else 0, path=release.path if release else ""),
        got=f"a purge of {titles}" if titles else "a purge of nothing",
        expected="the GRid, ICPN or proprietary id of the release",
        fix="purge by an identifier; whoever looks at this takes the release down by hand and rejects the purge",
        message="Several releases may have one title, so a purge by title is left to a person.",
    )
