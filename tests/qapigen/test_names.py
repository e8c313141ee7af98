"""The naming rules, name by name."""

from __future__ import annotations

import pytest

from qapigen.model.names import (
    NameFault,
    enum_value_fault,
    event_fault,
    is_reserved_member,
    lower_fault,
    mangled,
    type_fault,
)

INVALID, UPPER, UNDERSCORE = (
    NameFault.INVALID,
    NameFault.UPPERCASE,
    NameFault.UNDERSCORE,
)
NOT_CAMEL, NOT_UPPER = NameFault.NOT_CAMEL, NameFault.NOT_UPPER


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("a", None),
        ("multifd-channels", None),
        ("x-rdma", None),
        ("q", None),
        ("qcow2", None),
        ("__org.qemu_x-value", None),
        ("__com.Example_name", None),
        ("x-", None),
        ("", INVALID),
        ("-a", INVALID),
        ("2nd", INVALID),
        ("*a", INVALID),
        ("a b", INVALID),
        ("a.b", INVALID),
        ("a\\b", INVALID),
        ("é", INVALID),
        ("a\n", INVALID),
        ("_a", INVALID),
        ("__a", INVALID),
        ("__org.qemu_", INVALID),
        ("q-unix", INVALID),
        ("q_unix", INVALID),
        ("Q_unix", UPPER),
        ("wirePart", UPPER),
        ("x-A", UPPER),
        ("A_b", UPPER),
        ("a_b", UNDERSCORE),
        ("x-a_b", UNDERSCORE),
    ],
)
def test_members_and_commands(name: str, fault: NameFault | None) -> None:
    assert lower_fault(name) is fault


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("4", None),
        ("2-way", None),
        ("8_bit", UNDERSCORE),
        ("on", None),
        ("", INVALID),
        ("٤", INVALID),
        ("-1", INVALID),
    ],
)
def test_values_may_begin_with_a_digit(name: str, fault: NameFault | None) -> None:
    assert enum_value_fault(name) is fault


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Ab", None),
        ("VncInfo2", None),
        ("X86CPURegister32", None),
        ("Qcow2OverlapChecks", None),
        ("__org.qemu_x-Enum", None),
        ("AB", NOT_CAMEL),
        ("A", NOT_CAMEL),
        ("ab", NOT_CAMEL),
        ("A-b", NOT_CAMEL),
        ("A_b", NOT_CAMEL),
        ("q_Obj", INVALID),
        ("1Ab", INVALID),
        ("", INVALID),
    ],
)
def test_types(name: str, fault: NameFault | None) -> None:
    assert type_fault(name) is fault


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("STOP", None),
        ("BLOCK_JOB_READY", None),
        ("ACPI_DEVICE_OST2", None),
        ("__ORG.QEMU_X-EVENT", None),
        ("Stop", NOT_UPPER),
        ("BLOCK-JOB", NOT_UPPER),
        ("1", INVALID),
        ("q_X", INVALID),
    ],
)
def test_events(name: str, fault: NameFault | None) -> None:
    assert event_fault(name) is fault


def test_names_that_are_one_in_c() -> None:
    assert mangled("last-mode") == mangled("last_mode")
    assert mangled("__org.qemu_a") == mangled("__org-qemu_a")
    assert mangled("lastMode") != mangled("lastmode")


@pytest.mark.parametrize("name", ["u", "has-a", "has_a", "has-"])
def test_members_that_c_needs(name: str) -> None:
    assert is_reserved_member(name)


@pytest.mark.parametrize("name", ["uu", "has", "hash", "x-u", "U"])
def test_members_that_look_alike_are_free(name: str) -> None:
    assert not is_reserved_member(name)
