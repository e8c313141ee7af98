"""Python names for QAPI names: spellings, and the allocator that keeps them apart."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qapigen.backend.naming import (
    FIELD_RESERVED,
    Scope,
    camel,
    class_name,
    constant_name,
    member_name,
    module_name,
)

QAPI_NAMES = st.from_regex(
    r"(__[a-z.]+_)?[A-Za-z0-9][A-Za-z0-9_-]{0,8}", fullmatch=True
)


@pytest.mark.parametrize(
    ("name", "python"),
    [
        ("max-bandwidth", "max_bandwidth"),
        ("last_mode", "last_mode"),
        ("x-checkpoint-delay", "x_checkpoint_delay"),
        ("__org.qemu_x-member1", "org_qemu_x_member1"),
        ("2fast", "n_2fast"),
        ("CamelCase", "CamelCase"),
    ],
)
def test_members(name: str, python: str) -> None:
    assert member_name(name) == python


@pytest.mark.parametrize(
    ("name", "python"),
    [
        ("pre-switchover", "PRE_SWITCHOVER"),
        ("144", "N_144"),
        ("2_5", "N_2_5"),
        ("GenericError", "GENERICERROR"),
        ("__org.qemu_x-value", "ORG_QEMU_X_VALUE"),
    ],
)
def test_constants(name: str, python: str) -> None:
    assert constant_name(name) == python


def test_classes() -> None:
    assert class_name("XBZRLECacheStats") == "XBZRLECacheStats"
    assert class_name("__org.qemu_x-Enum") == "Org_qemu_x_Enum"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("vhost-user", "VhostUser"),
        ("MIGRATION_PASS", "MigrationPass"),
        ("inet", "Inet"),
        ("GenericError", "GenericError"),
        ("144", "144"),
        ("qcow2", "Qcow2"),
    ],
)
def test_camel(name: str, words: str) -> None:
    assert camel(name) == words


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("block-core.json", "block_core"),
        ("../../qapi/block-core.json", "block_core"),
        ("include/sub-module.json", "sub_module"),
        ("9pfs.json", "n_9pfs"),
    ],
)
def test_modules(path: str, module: str) -> None:
    assert module_name(path) == module


def test_what_needs_no_change_comes_first() -> None:
    assert Scope().take_all(["a-b", "a_b"], ["a_b", "a_b"]) == ["a_b_2", "a_b"]
    assert Scope().take_all(["in", "in_"], ["in", "in_"]) == ["in_2", "in_"]


def test_keywords_and_reserved_names_get_an_underscore() -> None:
    scope = Scope({"timestamp"})
    assert [
        scope.take(name) for name in ("class", "timestamp", "type", "id", "match")
    ] == [
        "class_",
        "timestamp_",
        "type",
        "id",
        "match",
    ]


@given(st.lists(QAPI_NAMES, unique=True, max_size=12))
def test_a_scope_hands_out_distinct_usable_identifiers(names: list[str]) -> None:
    chosen = Scope(FIELD_RESERVED).take_all(
        names, [member_name(name) for name in names]
    )
    assert len(set(chosen)) == len(names)
    for name in chosen:
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")
        assert name not in FIELD_RESERVED


@given(st.lists(QAPI_NAMES, unique=True, max_size=8))
def test_names_depend_on_nothing_but_the_input(names: list[str]) -> None:
    spelled = [constant_name(name) for name in names]
    assert Scope().take_all(names, spelled) == Scope().take_all(names, spelled)
