"""Messages that say what their bringer has no authority for: two hundred ways to act on another's music."""

import random
from collections.abc import Iterator

import msgspec

from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.releases import Release
from antiphon.model.statement import MessageKind, MessageParty, Statement
from tests.builders import a_moment, changed
from tests.intake.deliveries import a_small_statement
from tests.intake.installation import DPID, PROVIDER

MALLORY = "mallory"
MALLORY_DPID = "PADPIDA20260417021"
VICTIMS = 3
GRIDS = {1: "A12425GABC1234002M", 2: "A10302B00012345672", 3: "A10302B00001231235"}


class Forgery(msgspec.Struct, frozen=True, kw_only=True):
    """One forged message, whose account brings it, and what is wrong with it."""

    kind: str
    bringer: str
    statement: Statement


def a_victim(number: int) -> Statement:
    """Return the first message about a release of the victim: a barcode, tracks with ids of its own, no files."""
    return without_files(a_small_statement(number))


def without_files(statement: Statement) -> Statement:
    """Return a statement whose resources name no file, so that it needs none."""
    return changed(statement, resources=tuple(changed(one, files=()) for one in statement.resources))


def forge(seed: int, count: int) -> Iterator[Forgery]:
    """Yield forgeries: each kind in turn, their details by chance."""
    chance = random.Random(seed)
    kinds = (
        forge_signature,
        sign_with_anothers_account,
        speak_for_another,
        act_on_anothers_release,
        take_anothers_namespace,
        replay,
    )
    for number in range(count):
        yield kinds[number % len(kinds)](chance, number)


def spell_dpid(chance: random.Random, dpid: str) -> str:
    """Return a DPID in one of the spellings that mean the same."""
    spellings = (dpid, dpid.lower(), f"DPID:{dpid}", "-".join((dpid[:6], dpid[6:12], dpid[12:])), f" {dpid}\t")
    return chance.choice(spellings)


def forge_signature(chance: random.Random, number: int) -> Forgery:
    """Mallory's account brings what the victim seems to have signed."""
    signature = chance.choice((spell_dpid(chance, DPID), "", "PADPIDA0000000000X", DPID.replace("A", "\u0410")))
    return a_forgery("signature", MALLORY, sign(act(chance, number, chance.randint(1, VICTIMS)), signature))


def sign_with_anothers_account(chance: random.Random, number: int) -> Forgery:
    """The victim's account brings what Mallory has signed: stolen credentials, or a mix-up."""
    statement = act(chance, number, chance.randint(1, VICTIMS))
    return a_forgery("account", PROVIDER, sign(statement, spell_dpid(chance, MALLORY_DPID)))


def speak_for_another(chance: random.Random, number: int) -> Forgery:
    """Mallory signs as itself, on behalf of somebody who never asked it to."""
    party = MessageParty(dpid=chance.choice((spell_dpid(chance, DPID), "", "PADPIDA0000000000X")), name="Paper Lantern")
    statement = sign(act(chance, number, chance.choice((1, 2, 3, 50 + number))), MALLORY_DPID)
    header = changed(statement.header, sent_on_behalf_of=party)
    return a_forgery("party", MALLORY, changed(statement, header=header))


def act_on_anothers_release(chance: random.Random, number: int) -> Forgery:
    """Mallory signs as itself, and updates, takes down or purges what is not its own, by whichever id."""
    victim = chance.randint(1, VICTIMS)
    statement = without_namespaces(sign(act(chance, number, victim), MALLORY_DPID))
    main = statement.main_release or statement.releases[0]
    if chance.random() < 0.3:
        # Its own new barcode, which is said to replace the victim's.
        own = a_small_statement(600 + number).releases[0].ids
        ids = (*own, *(changed(one, is_replaced=True) for one in main.ids))
        statement = with_main_ids(statement, ids)
    return a_forgery("release", MALLORY, statement)


def take_anothers_namespace(chance: random.Random, number: int) -> Forgery:
    """Mallory delivers a release of its own whose tracks have ids of the victim's namespace."""
    statement = sign(act(chance, number, 300 + number, kinds=("update",)), MALLORY_DPID)
    namespace = chance.choice((DPID, DPID.lower(), f"DPID:{DPID}"))
    releases = tuple(
        changed(
            one,
            ids=tuple(changed(i, namespace=namespace) if i.scheme is IdScheme.PROPRIETARY else i for i in one.ids),
        )
        for one in statement.releases
    )
    return a_forgery("namespace", MALLORY, changed(statement, releases=releases))


def replay(chance: random.Random, _number: int) -> Forgery:
    """Mallory's account brings the victim's very message again, its message id included."""
    return a_forgery("replay", MALLORY, a_victim(chance.randint(1, VICTIMS)))


def act(
    chance: random.Random,
    number: int,
    release: int,
    kinds: tuple[str, ...] = ("update", "takedown", "purge"),
) -> Statement:
    """Return a later message about a release: all of it anew, without deals, or asking to remove it."""
    statement = a_victim(release)
    header = changed(
        statement.header, message_id=f"F-{number}", created=a_moment(f"2026-02-{1 + number % 28:02}T09:00:00Z")
    )
    statement = changed(statement, header=header)
    kind = chance.choice(kinds)
    if kind == "takedown":
        return changed(statement, release_deals=())
    if kind == "purge":
        main = statement.main_release
        assert main is not None
        purged = Release(reference="R0", is_main=True, ids=main.ids, titles=main.titles, line=9, path="PurgedRelease")
        return changed(
            statement, kind=MessageKind.PURGE, resources=(), releases=(purged,), release_deals=(), visibilities=()
        )
    return statement


def sign(statement: Statement, dpid: str) -> Statement:
    """Return a statement with another signature."""
    return changed(statement, header=changed(statement.header, sender=MessageParty(dpid=dpid, name="Mallory")))


def with_main_ids(statement: Statement, ids: tuple[DeliveredId, ...]) -> Statement:
    """Return a statement whose first release has other identifiers."""
    return changed(statement, releases=(changed(statement.releases[0], ids=ids), *statement.releases[1:]))


def without_namespaces(statement: Statement) -> Statement:
    """Return a statement whose proprietary ids are Mallory's own, so that they alone give nothing away."""
    releases = tuple(
        changed(
            one,
            ids=tuple(changed(i, namespace=MALLORY_DPID) if i.scheme is IdScheme.PROPRIETARY else i for i in one.ids),
        )
        for one in statement.releases
    )
    return changed(statement, releases=releases)


def a_forgery(kind: str, bringer: str, statement: Statement) -> Forgery:
    """Return a forgery."""
    return Forgery(kind=kind, bringer=bringer, statement=statement)
