"""A client's secret is shown once and kept as a hash."""

import msgspec

from antiphon.access import AccessRole, Tier, make_client, make_client_secret, verify_client_secret


def test_another_secret_is_refused() -> None:
    client, secret = make_client("A player")
    for wrong in ("", secret[:-1], secret + "x", secret.swapcase(), client.secret_hash, make_client_secret()):
        assert not verify_client_secret(client, wrong)


def test_a_disabled_client_is_refused_with_its_own_secret() -> None:
    client, secret = make_client("A player")
    assert not verify_client_secret(msgspec.structs.replace(client, is_disabled=True), secret)


def test_the_secret_is_in_no_field_of_the_client() -> None:
    client, secret = make_client("A player")
    assert secret not in repr(client)


def test_the_secret_we_made_is_accepted() -> None:
    client, secret = make_client("A player", tier=Tier.FREE, roles=(AccessRole.PROVIDER,), provider="northwind")
    assert verify_client_secret(client, secret)
    assert (client.tier, client.roles, client.provider) == (Tier.FREE, (AccessRole.PROVIDER,), "northwind")
