"""Categories and genre seeds: both are the genres of the albums a node knows.

A category's id is computed from its genre, so it is the same on every node and in every version; of genres that search
takes for one, there is one.
"""

import hashlib
from functools import lru_cache
from typing import Any

import msgspec

from antiphon.replica.words import query_words
from antiphon.surfaces.reads.lists import read_page
from antiphon.surfaces.reads.node import Answer, CatalogueCall, Node
from antiphon.surfaces.reads.pages import encode_page
from antiphon.surfaces.reads.parameters import check_id
from antiphon.surfaces.reads.refusals import not_found
from antiphon.surfaces.reads.responses import answer_catalogue

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_CHARACTERS = 22
"""As entities have: clients take ids of this shape for granted."""


def answer_categories(node: Node, call: CatalogueCall) -> Answer:
    """Return a page of the categories, by name."""
    page = read_page(call, "/v1/browse/categories")
    genres = node.replica.list_genres()
    chosen = genres[page.offset : page.offset + page.limit]
    items = [msgspec.json.encode(_describe(call, genre)) for genre in chosen]
    return answer_catalogue(node, b'{"categories":%b}' % encode_page(page, len(genres), items))


def answer_category(node: Node, call: CatalogueCall) -> Answer:
    """Return a category. Raises: ReadRefused (404)."""
    category_id = check_id(call.argument)
    for genre in node.replica.list_genres():
        if identify_category(genre) == category_id:
            return answer_catalogue(node, msgspec.json.encode(_describe(call, genre)))
    raise not_found("Category")


def answer_genre_seeds(node: Node, _: CatalogueCall) -> Answer:
    """Return the genres, as the filter of that name in a search takes them."""
    return answer_catalogue(node, msgspec.json.encode({"genres": node.replica.list_genres()}))


@lru_cache(maxsize=1024)
def identify_category(genre: str) -> str:
    """Return the id of the category that is a genre, however that is spelt: 22 base-62 characters of a hash."""
    number = int.from_bytes(hashlib.sha256(" ".join(("category", *query_words(genre))).encode()).digest())
    return "".join(_DIGITS[number // 62**place % 62] for place in range(_ID_CHARACTERS))


def _describe(call: CatalogueCall, genre: str) -> dict[str, Any]:
    category_id = identify_category(genre)
    return {
        "href": f"{call.base_url}/v1/browse/categories/{category_id}",
        "icons": [],
        "id": category_id,
        "name": genre,
    }
