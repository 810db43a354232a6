"""Categories and genre seeds: the genres of what there is."""

from antiphon.surfaces.reads import ReadPath
from antiphon.surfaces.reads.categories import identify_category
from tests.surfaces.reads.asking import ask

AMBIENT = identify_category("Ambient")


def test_a_category_that_is_no_genre_of_ours_is_not_found(read_path: ReadPath) -> None:
    assert ask(read_path, f"/v1/browse/categories/{identify_category('Polka')}").status == 404
    assert ask(read_path, "/v1/browse/categories/no-id").status == 400


def test_the_categories_are_the_genres_and_each_can_be_looked_up(read_path: ReadPath) -> None:
    page = ask(read_path, "/v1/browse/categories?country=SE&locale=sv_SE&limit=1").content["categories"]
    assert (page["total"], page["next"], [item["name"] for item in page["items"]]) == (1, None, ["Ambient"])
    [category] = page["items"]
    assert category == ask(read_path, f"/v1/browse/categories/{AMBIENT}").content
    assert category["href"] == f"https://music.example/v1/browse/categories/{AMBIENT}"


def test_genre_seeds_find_what_they_name(read_path: ReadPath) -> None:
    [genre] = ask(read_path, "/v1/recommendations/available-genre-seeds").content["genres"]
    found = ask(read_path, f"/v1/search?q=genre:{genre}&type=artist").content
    assert found["artists"]["total"] == 2


def test_the_id_of_a_category_does_not_hang_on_how_a_genre_is_spelt() -> None:
    assert identify_category("Hip Hop") == identify_category("hip-hop") != identify_category("Trip Hop")
    assert len(AMBIENT) == 22
    assert AMBIENT.isalnum()
