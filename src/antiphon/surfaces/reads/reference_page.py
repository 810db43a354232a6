"""The description of this interface as a page for people: the same document, self-contained, without a script."""

from collections.abc import Iterator
from functools import lru_cache
from html import escape

from antiphon.surfaces.reads.description import DESCRIPTION_CACHING, describe
from antiphon.surfaces.reads.node import Answer, Call, Node
from antiphon.surfaces.reads.responses import name_body
from antiphon.surfaces.reads.schemas import Schema

PAGES_KEPT = 8
"""Pages differ by the address they are asked at, which is one or two of a node's; 100 KB each."""

_NOTHING_FOREIGN = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""The page is text and its own style: a browser need not load, run or send anything. Source: CSP level 3."""

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --quiet: #777; --plate: #8881; --mark: #2a6f97 }
@media (prefers-color-scheme: dark) { :root { --quiet: #999; --mark: #7fb7d6 } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2rem 1.5rem 6rem; max-width: 62rem; font: 16px/1.55 system-ui, sans-serif }
h1 { margin: 0; font-size: 1.9rem } h2 { margin: 3rem 0 1rem; font-size: 1.4rem }
h3 { margin: 0 0 .3rem; font-size: 1.05rem; overflow-wrap: anywhere }
a { color: var(--mark); text-decoration: none } a:hover { text-decoration: underline }
code, pre { font: .9em ui-monospace, monospace } pre { overflow-x: auto; padding: 1rem; background: var(--plate) }
nav ul { columns: 18rem; margin: 0; padding: 0; list-style: none } nav li { break-inside: avoid }
section { margin: 1.2rem 0; padding: 1rem 1.2rem; border: 1px solid var(--line); border-radius: .5rem }
section:target { border-color: var(--mark) }
p { margin: .3rem 0 } .quiet { color: var(--quiet) }
.method { margin-right: .5rem; padding: .1rem .45rem; border-radius: .3rem; background: var(--mark); color: Canvas }
table { width: 100%; margin: .7rem 0 0; border-collapse: collapse }
th, td { padding: .3rem .8rem .3rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top }
th { font-weight: 600; white-space: nowrap }
td { overflow-wrap: anywhere } td.when { white-space: nowrap; color: var(--quiet) }
@media (max-width: 40rem) { body { padding: 1rem } td.when { white-space: normal } th { white-space: normal } }
"""

_INTRODUCTION = """
<p>Catalogue and playback. The reads of tracks, albums, artists, shows, episodes, audiobooks and chapters have the shape
app developers know, so that the client libraries they have work with another base URL.</p>
<p>A program gets an access token with its client's id and secret, good for an hour:</p>
<pre>curl -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials {base_url}/api/token
curl -H "Authorization: Bearer $TOKEN" "{base_url}/v1/browse/new-releases?market=SE"</pre>
<p>Parameters that are not named here are ignored; one that is given twice is refused. Times are UTC. Every answer of
the catalogue has a strong <code>ETag</code>; every refusal is an <a href="#Error">Error</a>. The same as a document for
programs: <a href="{base_url}/v1/openapi.json">openapi.json</a>.</p>
"""


def answer_reference(_: Node, call: Call) -> Answer:
    """Return the page."""
    body = render_reference(call.base_url)
    return Answer(
        body=body,
        caching=DESCRIPTION_CACHING,
        etag=name_body(body),
        media_type="text/html; charset=utf-8",
        headers=(("content-security-policy", _NOTHING_FOREIGN),),
    )


@lru_cache(PAGES_KEPT)
def render_reference(base_url: str) -> bytes:
    """Return the page of the interface at ``base_url``, UTF-8."""
    document = describe(base_url)
    operations = list(_list_operations(document))
    shapes = document["components"]["schemas"]
    links = "".join(
        f'<li><a href="#{op["operationId"]}"><code>{escape(path)}</code></a></li>' for path, _, op in operations
    )
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(document['info']['title'])}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(document['info']['title'])}</h1>",
        f'<p class="quiet">Version {escape(document["info"]["version"])}, at {escape(base_url)}</p>',
        _INTRODUCTION.format(base_url=escape(base_url)),
        f"<h2>Operations</h2><nav><ul>{links}</ul></nav>",
        *(_render_operation(path, method, operation) for path, method, operation in operations),
        "<h2>Shapes</h2><p>A member is always there unless it says that it may not be.</p>",
        *(_render_shape(name, shape) for name, shape in shapes.items()),
        "</body></html>",
    ]
    return "".join(parts).encode()


def _list_operations(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _render_operation(path: str, method: str, operation: Schema) -> str:
    open_to_all = "<p>Needs no token.</p>" if operation.get("security") == [] else ""
    more = f"<p>{escape(operation['description'])}</p>" if "description" in operation else ""
    asked = "".join(_render_parameter(parameter) for parameter in operation.get("parameters", ()))
    answered = "".join(_render_answer(status, told) for status, told in operation["responses"].items())
    return (
        f'<section id="{operation["operationId"]}"><h3><span class="method">{method.upper()}</span>'
        f"<code>{escape(path)}</code></h3><p>{escape(operation['summary'])}.</p>{more}{open_to_all}"
        + (f"<table>{asked}</table>" if asked else "")
        + f"<table>{answered}</table></section>"
    )


def _render_parameter(parameter: Schema) -> str:
    when = "in the path" if parameter["in"] == "path" else "required" if parameter.get("required") else "optional"
    said = escape(parameter.get("description", ""))
    kind = _say_kind(parameter["schema"])
    return _render_row(parameter["name"], when, f"{kind}{'. ' if said else ''}{said}")


def _render_answer(status: str, told: Schema) -> str:
    if status >= "400":
        return _render_row(status, "", escape(told["description"]))
    kinds = [
        f"<code>{escape(media_type)}</code>: {_say_kind(content['schema'])}"
        for media_type, content in told.get("content", {}).items()
    ]
    return _render_row(status, "", " ".join([escape(told["description"]), *kinds]))


def _render_shape(name: str, shape: Schema) -> str:
    required = shape.get("required", ())
    rows = "".join(
        _render_row(member, "" if member in required else "may be absent", _say_kind(kind))
        for member, kind in shape.get("properties", {}).items()
    )
    body = f"<table>{rows}</table>" if rows else f"<p>{_say_kind(shape)}</p>"
    return f'<section id="{name}"><h3>{name}</h3><p>{escape(shape.get("description", ""))}</p>{body}</section>'


def _render_row(name: str, when: str, said: str) -> str:
    return f'<tr><th><code>{escape(name)}</code></th><td class="when">{when}</td><td>{said}</td></tr>'


def _say_kind(schema: Schema) -> str:
    """Return what a value is, in words and links, as HTML."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#{name}">{name}</a>'
    if "oneOf" in schema:
        return " or ".join(_say_kind(option) for option in schema["oneOf"])
    if schema.get("type") == "array":
        return f"a list of {_say_kind(schema['items'])}" if "items" in schema else "an empty list"
    if "properties" in schema:
        members = ", ".join(
            f"<code>{escape(name)}</code>: {_say_kind(kind)}" for name, kind in schema["properties"].items()
        )
        return f"{escape(schema.get('description', ''))} {{ {members} }}"
    if "const" in schema or "enum" in schema:
        words = schema.get("enum", [schema.get("const")])
        return " | ".join(f"<code>{escape(str(word))}</code>" for word in words)
    return _say_type(schema)


def _say_type(schema: Schema) -> str:
    """Return the type of a plain value with its limits, as HTML."""
    kinds = schema.get("type", "anything")
    said = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
    if "format" in schema:
        said += f" ({schema['format']})"
    if "minimum" in schema and "maximum" in schema:
        said += f" from {schema['minimum']} to {schema['maximum']}"
    if "pattern" in schema:
        said += f" <code>{escape(schema['pattern'])}</code>"
    if "default" in schema:
        said += f", {escape(str(schema['default']))} if left out"
    return said
