"""Clients to documents: what a node needs to know its callers without a database. Never served to anybody."""

from antiphon.access import Client, encode_client
from antiphon.segments import DocumentKind, Entry, Item, document_key, encode_document


def client_entry(client: Client) -> Entry:
    """Return the document of a client, with the hashes of its secret and of the keys that hold. It never goes away."""
    document = encode_document(DocumentKind.CLIENT, [], [Item(body=encode_client(client))])
    return Entry(key=document_key(DocumentKind.CLIENT, client.client_id), document=document)
