"""The eight ways in which providers take music down, each delivered as a message and explained from the record.

Every release is delivered whole, in ERN 4.3.2 or 3.8.2, and plays in Sweden; then a second message takes it down.
Source: formats 4.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from antiphon.model.availability import Tier
from antiphon.model.delivery import Stage
from antiphon.model.entities import EntityKind
from antiphon.model.statement import MessageKind, Statement
from antiphon.model.territories import Territory
from antiphon.record import reading
from antiphon.record.catalogue import find_entities, load_album
from antiphon.surfaces.explain.answers import ExplainAnswer, answer_explanation
from tests.builders import a_deal, a_moment, a_release, changed, some_deals
from tests.intake.deliveries import a_small_statement, an_icpn, write_delivery, write_xml
from tests.intake.installation import Installation, installed

SE, NO = Territory("SE"), Territory("NO")
NOVEMBER = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 24, 10, 0, tzinfo=UTC)

TAKING = changed(
    a_deal(models=(), use_types=(), territories=("SE",), start="2026-11-01"), is_takedown=True, line=0, path=""
)
CANCELLING = changed(TAKING, territories=("Worldwide",), is_takedown=False, is_all_deals_cancelled=True)
ENDED = some_deals(a_deal(end="2026-10-31"))
TO_END = some_deals(a_deal(end="2026-11-30"))


def purge(statement: Statement) -> Statement:
    named = a_release(is_main=False, group=None, resources=(), ids=statement.releases[0].ids)
    return changed(statement, kind=MessageKind.PURGE, resources=(), releases=(named,), release_deals=())


class Variant(NamedTuple):
    """One way: the version its messages are in, how the second one differs, and what is then explained."""

    version: str
    take: Callable[[Statement], Statement]
    reason: str
    said: str
    names_a_deal: bool = True
    market: Territory = SE
    at: datetime = NOVEMBER


def dealt(*entries: object) -> Callable[[Statement], Statement]:
    return lambda statement: changed(statement, release_deals=entries)


VARIANTS = {
    "a message without deals": Variant("4.3.2", dealt(), "no_deal", "has none at all", names_a_deal=False),
    "deals that have ended": Variant("4.3.2", dealt(ENDED), "ended", "until 2026-10-31 23:00:00 UTC"),
    "deals that are to end": Variant("4.3.2", dealt(TO_END), "ended", "until 2026-11-30 23:00:00 UTC", at=DECEMBER),
    "TakeDown": Variant("3.8.2", dealt(some_deals(TAKING)), "withdrawn", "is taken down in SE by a deal"),
    "AllDealsCancelled": Variant("3.8.2", dealt(some_deals(CANCELLING)), "withdrawn", "all its deals cancelled"),
    "a territory left out": Variant(
        "3.8.2", dealt(some_deals(a_deal(territories=("NO", "DK")))), "not_in_market", "none covers SE"
    ),
    "a track without its deal": Variant(
        "4.3.2", dealt(some_deals(a_deal(), on=("R2",))), "no_deal", "no deal of its own", names_a_deal=False
    ),
    "a purge": Variant("4.3.2", purge, "purged", "was purged by its provider", names_a_deal=False),
}


class Taken(NamedTuple):
    """An installation to which all releases were delivered and taken down, and their second messages as written."""

    site: Installation
    messages: dict[str, str]


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    root = tmp_path_factory.mktemp("taken")
    messages: dict[str, str] = {}
    firsts, seconds = root / "firsts", root / "seconds"
    for number, (name, variant) in enumerate(VARIANTS.items(), 1):
        first = a_small_statement(number, version=variant.version)
        write_delivery(firsts, changed(first, release_deals=(some_deals(a_deal()),)), seed=number)
        header = changed(first.header, message_id=f"M2-{number}", created=a_moment("2026-02-01T09:00:00Z"))
        folder = seconds / an_icpn(number)
        folder.mkdir(parents=True)
        write_xml(folder, variant.take(changed(first, header=header)))
        messages[name] = (folder / f"{folder.name}.xml").read_text(encoding="utf-8")
    with installed(root / "site") as site:
        for batch in (firsts, seconds):
            (batch / f"BatchComplete_{batch.name}.xml").write_bytes(b"")
            for delivery_id in site.deliver(batch):
                assert site.stages(delivery_id)[-1] is Stage.COMMITTED, site.findings(delivery_id)
        yield Taken(site, messages)


def explain(
    taken: Taken, name: str, *, track: int = 0, market: Territory = SE, at: datetime = NOVEMBER
) -> ExplainAnswer:
    number = list(VARIANTS).index(name) + 1
    with reading(taken.site.engine) as conn:
        found = find_entities(conn, "icpn", an_icpn(number).zfill(14))
        (album,) = (load_album(conn, entity_id) for kind, entity_id in found if kind is EntityKind.ALBUM)
        assert album is not None
        answer = answer_explanation(conn, album.tracks[track].id, market=market, tier=Tier.PREMIUM, at=at)
    assert answer is not None
    return answer


@pytest.mark.slow
@pytest.mark.parametrize("name", VARIANTS)
def test_each_way_of_taking_music_down_is_explained_by_what_the_message_did(taken: Taken, name: str) -> None:
    variant = VARIANTS[name]
    answer = explain(taken, name, at=variant.at)
    assert (answer.is_playable, answer.reason) == (False, variant.reason)
    assert variant.said in answer.sentence
    assert (answer.deal is not None) is variant.names_a_deal
    if answer.deal is not None:
        assert taken.messages[name].splitlines()[answer.deal.line - 1].strip() == "<Deal>"


@pytest.mark.slow
def test_what_a_message_left_alone_still_plays(taken: Taken) -> None:
    assert explain(taken, "deals that are to end").is_playable
    assert explain(taken, "a territory left out", market=NO).is_playable
    assert explain(taken, "a track without its deal", track=1).is_playable
