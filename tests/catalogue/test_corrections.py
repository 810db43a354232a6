"""Who is who, as people decided it: corrections are applied to what links say, and can always be taken back."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.catalogue import Links, correct_links, follow_merges, plan_split, resolve_merges
from antiphon.model.decisions import AnchorName, Decision, Merge, Split, TargetKind
from antiphon.model.entities import EntityKind

ARTIST = EntityKind.ARTIST
LINKS: Links = {(ARTIST, "name:mira vale"): "A", (ARTIST, "name:ada north"): "B", (EntityKind.ALBUM, "icpn:1"): "A"}


def a_merge(target: str, into: str, at: int = 0, undone_at: str = "") -> Decision:
    return Decision(
        id=f"{target}{into}{at}",
        effect=Merge(into_id=into),
        target_kind=TargetKind.ARTIST,
        target_id=target,
        decided_by="ana",
        decided_at=f"2026-11-22T10:00:{at:02}Z",
        reason="one and the same",
        undone_at=undone_at,
    )


def a_split(target: str, into: str, *anchors: AnchorName, at: int = 0) -> Decision:
    return Decision(
        id=f"{target}{into}{at}",
        effect=Split(into_id=into, anchors=anchors),
        target_kind=TargetKind.ARTIST,
        target_id=target,
        decided_by="ana",
        decided_at=f"2026-11-22T10:00:{at:02}Z",
        reason="two of one name",
    )


MIRA = AnchorName(provider="south", anchor="name:mira vale")


def test_without_corrections_links_mean_what_they_say() -> None:
    assert correct_links("south", "icpn:1", LINKS, ()) is LINKS
    assert correct_links("south", "icpn:1", LINKS, [a_merge("A", "B", undone_at="2026-11-23")]) is LINKS


def test_a_merge_moves_every_link_of_its_kind_and_no_other() -> None:
    corrected = correct_links("south", "icpn:1", LINKS, [a_merge("A", "B")])
    assert corrected == {**LINKS, (ARTIST, "name:mira vale"): "B"}
    assert follow_merges("A", [a_merge("A", "B")]) == "B"


def test_a_split_moves_its_anchors_of_its_provider_alone() -> None:
    split = a_split("A", "C", MIRA)
    assert correct_links("south", "icpn:1", LINKS, [split])[ARTIST, "name:mira vale"] == "C"
    assert correct_links("north", "icpn:1", LINKS, [split]) == LINKS
    assert follow_merges("A", [split]) == "A"


def test_two_of_one_name_are_told_apart_by_release() -> None:
    split = a_split("A", "C", AnchorName(provider="south", anchor="name:mira vale", release="icpn:2"))
    assert correct_links("south", "icpn:2", LINKS, [split])[ARTIST, "name:mira vale"] == "C"
    assert correct_links("south", "icpn:1", LINKS, [split]) == LINKS


def test_the_last_word_counts_and_nothing_goes_round_in_circles() -> None:
    there_and_back = [a_merge("A", "B", 1), a_merge("B", "A", 2)]
    assert {follow_merges(i, there_and_back) for i in "AB"} == {"A"}
    assert {follow_merges(i, there_and_back[::-1]) for i in "AB"} == {"A"}


def test_an_entity_made_by_a_split_has_an_id_that_follows_from_it() -> None:
    assert plan_split("d1", ARTIST, [MIRA]) == plan_split("d1", ARTIST, [MIRA])
    assert plan_split("d1", ARTIST, [MIRA]) != plan_split("d2", ARTIST, [MIRA])


CORRECTIONS = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from("ABCD"), st.booleans()).filter(lambda t: t[0] != t[1]),
    max_size=6,
).map(
    lambda rows: [
        a_split(target, into, MIRA, at=at) if is_split else a_merge(target, into, at)
        for at, (target, into, is_split) in enumerate(rows)
    ]
)


@given(corrections=CORRECTIONS, data=st.data())
def test_undoing_one_gives_what_there_would_be_had_it_never_been_made(
    corrections: list[Decision], data: st.DataObject
) -> None:
    if not corrections:
        return
    taken_back = data.draw(st.sampled_from(corrections))
    without = [c for c in corrections if c is not taken_back]
    undone = [a_merge(c.target_id, c.into_id, undone_at="x") if c is taken_back else c for c in corrections]
    assert correct_links("south", "", LINKS, undone) == correct_links("south", "", LINKS, without)
    shuffled = data.draw(st.permutations(corrections))
    assert correct_links("south", "", LINKS, shuffled) == correct_links("south", "", LINKS, corrections)


@given(corrections=CORRECTIONS)
def test_where_all_merged_ids_lead_is_where_each_of_them_leads(corrections: list[Decision]) -> None:
    each = {entity_id: follow_merges(entity_id, corrections) for entity_id in "ABCD"}
    assert resolve_merges(corrections) == {i: into for i, into in each.items() if i != into}
