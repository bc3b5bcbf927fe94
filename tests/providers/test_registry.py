"""Providers are found by name, once, and only when asked for."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from unknot.providers import registry
from unknot.providers.fake import FakeProvider
from unknot.providers.registry import NotRegistered


def test_unknown_provider_names_the_nearest() -> None:
    with pytest.raises(NotRegistered) as caught:
        registry.provider("fle")
    assert "Did you mean `file`?" in caught.value.detail
    assert "unknot.providers" in caught.value.detail


def test_one_provider_for_all_threads() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(registry.provider, ["null"] * 32))
    assert len({id(each) for each in found}) == 1


def test_stand_in_is_given_out_only_inside_the_block() -> None:
    stand_in = FakeProvider("acme")
    with registry.using(stand_in):
        assert registry.provider("acme") is stand_in
    with pytest.raises(NotRegistered):
        registry.provider("acme")
    usual = registry.provider("null")
    with registry.using(FakeProvider("null")):
        assert registry.provider("null") is not usual
    assert registry.provider("null") is usual


def test_shipped_providers_are_installed() -> None:
    assert {"fake", "file", "null"} <= set(registry.names(registry.PROVIDERS))


def test_looking_up_names_imports_no_provider() -> None:
    script = (
        "import sys, unknot.providers.registry as r; r.names(r.PROVIDERS);"
        "print([m for m in sys.modules if m.startswith('unknot.providers.') and m[17:] not in ('base', 'engine', 'mover', 'registry')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_clouds_are_found_by_name_and_each_supports_what_it_can_expand() -> None:
    assert {"aws", "azure", "gcp", "local"} <= set(registry.names(registry.CLOUDS))
    assert registry.cloud("local") is registry.cloud("local")
    with pytest.raises(NotRegistered, match="no cloud is called `locl`") as caught:
        registry.cloud("locl")
    assert "Did you mean `local`?" in caught.value.detail
