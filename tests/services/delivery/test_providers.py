"""Common providers: an address is enough to know their servers."""

from __future__ import annotations

import pytest

from desktop.services.delivery.mail.providers import PROVIDERS, provider_at, provider_called, provider_of

ADDRESS = "anna@firm.example"


@pytest.mark.parametrize(
    "address, key",
    [
        ("anna@gmail.com", "gmail"),
        ("Anna@GoogleMail.com ", "gmail"),
        ("a@outlook.com", "outlook"),
        ("a@hotmail.co.uk", "outlook"),
        ("a@live.de", "outlook"),
        ("a@firm.onmicrosoft.com", "microsoft365"),
        ("a@yahoo.fr", "yahoo"),
        ("a@icloud.com", "icloud"),
        ("a@gmx.de", "gmx"),
        ("a@gmx.com", "gmx_world"),
        ("a@web.de", "web_de"),
        ("a@posteo.net", "posteo"),
        ("a@wanadoo.fr", "orange"),
        ("a@proton.me", "proton"),
        ("a@firm.example", None),
        ("a@notgmail.com", None),
        ("a@yahoo.firm.example", None),
        ("a@live.example", None),
        ("a@web.de.firm.example", None),
        ("gmail.com", "gmail"),
        ("", None),
    ],
)
def test_the_domain_tells_whose_address_it_is(address: str, key: str | None) -> None:
    found = provider_of(address)
    assert (found.key if found else None) == key


def test_each_provider_is_reachable_and_says_what_it_needs() -> None:
    assert len({one.key for one in PROVIDERS}) == len({one.name for one in PROVIDERS}) == len(PROVIDERS)
    domains = [domain for one in PROVIDERS for domain in one.domains]
    assert len(set(domains)) == len(domains)
    for one in PROVIDERS:
        assert provider_called(one.key) is one
        values = one.values(ADDRESS)
        if one.need == "impossible":
            assert not one.host
            continue
        assert (one.security, one.port) in {("tls", 465), ("starttls", 587), ("starttls", 1025)}
        assert (values["auth"] == "oauth") == (values["provider"] != "")
        found = provider_at(one.host.upper())
        assert found is not None
        assert found.host == one.host
        assert bool(one.advice()) == bool(one.need)
        assert values["user"] == ("anna" if one.bare_user else ADDRESS)
    assert provider_at("") is None
    for address, key in (("anna@gmail.com", "gmail"), (ADDRESS, "workspace"), ("", "workspace")):
        google = provider_at("smtp.gmail.com", address)
        assert google is not None
        assert google.key == key
    assert provider_called("nobody") is None


def test_the_limits_that_providers_name() -> None:
    limits = {one.key: (one.per_minute, one.per_day) for one in PROVIDERS}
    assert limits["gmail"] == (0, 500)
    assert limits["workspace"] == (0, 2000)
    assert limits["microsoft365"] == (30, 10_000)
