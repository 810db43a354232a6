"""Which deals of a message are a track's."""

from antiphon.model.deals import ReleaseDeal
from antiphon.model.statement import MessageKind, MessageParty, Statement
from antiphon.rights import AlbumStreamDeal, compute_intervals, deals_for_track, list_addressees
from tests.builders import a_deal, a_file, a_recording, a_release, a_statement, a_track_release, changed, some_deals

STREAM = a_deal(line=1)
DOWNLOAD = a_deal(models=("PayAsYouGoModel",), use_types=("PermanentDownload",), line=2)
BOTH = a_deal(use_types=("OnDemandStream", "PermanentDownload"), line=3)


def lines(statement: Statement, reference: str = "A1", policy: AlbumStreamDeal = AlbumStreamDeal.CASCADE) -> list[int]:
    return [deal.line for deal in deals_for_track(statement, reference, album_stream_deal=policy)]


def an_album(*entries: ReleaseDeal) -> Statement:
    return a_statement(release_deals=tuple(entries))


def test_no_deals_no_purge_and_no_unknown_resource_have_any() -> None:
    assert lines(an_album()) == []
    assert lines(a_statement(), "A77") == []
    assert lines(a_statement(kind=MessageKind.PURGE)) == []


def test_a_track_has_the_deals_of_its_track_release_and_no_other() -> None:
    statement = an_album(some_deals(STREAM, on=("R1",)), some_deals(DOWNLOAD, on=("R2",)))
    assert lines(statement, "A1") == [1]
    assert lines(statement, "A2") == [2]


def test_deals_listed_for_album_and_tracks_together_count_once() -> None:
    assert lines(an_album(some_deals(STREAM, on=("R0", "R1", "R2")))) == [1]


def test_a_streaming_deal_of_the_album_reaches_its_tracks_unless_the_policy_ignores_it() -> None:
    statement = an_album(some_deals(STREAM, on=("R0",)))
    assert lines(statement) == [1]
    assert lines(statement, policy=AlbumStreamDeal.IGNORE) == []


def test_a_download_of_the_album_is_no_download_of_a_track() -> None:
    assert lines(an_album(some_deals(DOWNLOAD, on=("R0",)))) == []
    (deal,) = deals_for_track(an_album(some_deals(BOTH, on=("R0",))), "A1")
    assert [use_type.value for use_type in deal.use_types] == ["OnDemandStream"]


def test_an_album_deal_does_not_revive_a_track_that_lost_its_own() -> None:
    statement = an_album(some_deals(STREAM, on=("R0",)), some_deals(changed(STREAM, line=5), on=("R2",)))
    assert lines(statement, "A1") == []
    assert lines(statement, "A2") == [5]


def test_download_deals_of_tracks_do_not_stop_the_album_from_streaming() -> None:
    statement = an_album(some_deals(STREAM, on=("R0",)), some_deals(DOWNLOAD, on=("R2",)))
    assert lines(statement, "A1") == [1]
    assert lines(statement, "A2") == [2, 1]


def test_a_single_without_track_releases_is_its_own_track() -> None:
    single = a_statement(1, releases=(a_release(1),), release_deals=(some_deals(BOTH, DOWNLOAD, on=("R0",)),))
    assert lines(single) == [3, 2]


def test_an_album_without_track_releases_is_not() -> None:
    album = a_statement(2, releases=(a_release(2),), release_deals=(some_deals(BOTH, DOWNLOAD, on=("R0",)),))
    assert lines(album) == [3]


def test_a_takedown_of_the_album_takes_its_tracks_down_under_every_policy() -> None:
    takedown = a_deal(use_types=(), is_takedown=True, line=8)
    statement = an_album(some_deals(takedown, on=("R0",)), some_deals(STREAM))
    assert lines(statement, policy=AlbumStreamDeal.IGNORE) == [1, 8]


def test_a_deal_for_some_encodings_holds_where_one_of_them_is_a_full_file_of_the_track() -> None:
    preview = a_file("resources/01p.flac", technical_reference="T11", is_preview=True)
    recording = a_recording(1, files=(a_file("resources/01.flac", technical_reference="T1"), preview))
    resources = (recording, *a_statement().resources[1:])
    for references, expected in ((("T1", "T11"), [1]), (("T11",), []), (("T2",), [])):
        deals = some_deals(changed(STREAM, technical_references=references))
        assert lines(a_statement(resources=resources, release_deals=(deals,))) == expected


def test_a_track_release_that_is_the_main_release_counts_once() -> None:
    main = changed(a_track_release(1), is_main=True)
    statement = a_statement(1, releases=(main,), release_deals=(some_deals(BOTH, on=("R1",)),))
    assert lines(statement) == [3]


def addressed(*recipients: MessageParty) -> Statement:
    statement = a_statement()
    return changed(statement, header=changed(statement.header, recipients=recipients))


def test_a_message_to_several_says_nothing_of_who_we_are() -> None:
    one, other = MessageParty(dpid="PADPIDA2013022804B"), MessageParty(dpid="PADPIDA2014120301Q")
    assert list_addressees(addressed()) == ()
    assert list_addressees(addressed(one, other)) == ()
    assert list_addressees(addressed(MessageParty(name="Somebody"))) == ()


def test_a_deal_for_the_channel_the_message_is_addressed_to_is_ours() -> None:
    ours = list_addressees(addressed(MessageParty(dpid="PA-DPIDA-2013022804-B", other_ids=("8391",))))
    assert ours == ("PA-DPIDA-2013022804-B", "8391")
    for channel, is_ours in (("PADPIDA2013022804B", True), ("8391", True), ("PADPIDA2014120301Q", False)):
        assert bool(compute_intervals([a_deal(distribution_channels=(channel,))], our_dpids=ours)) is is_ours
