"""The cases of QEMU's own suite for schema compilers: verdict, file and line.

What is right stands in ``expected.tsv``. It is the newest release's word, so all is read strictly;
what it forbids and older releases allowed must pass without.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from qapigen.errors import Diagnostic, SchemaError
from qapigen.frontend.parser import load
from qapigen.model.resolver import resolve
from tests.conftest import SHARED


class Case(NamedTuple):
    """A line of ``expected.tsv``."""

    case: str
    verdict: str
    file: str
    line: str


SUITE = SHARED / "qapi-schema-suite"


def cases() -> list[Case]:
    if not SUITE.is_dir():
        return []
    with (SUITE / "expected.tsv").open() as table:
        return [Case(**row) for row in csv.DictReader(table, delimiter="\t")]


#: Accepted by some release or other, and so by us when we are not strict.
ONCE_FINE = {
    "alternate-conflict-enum-int",
    "args-if-implicit",
    "bad-if",
    "doc-bad-indent",
    "doc-bad-space-between-sentences",
    "doc-bad-union-member",
    "doc-empty-features",
    "doc-long-line",
    "doc-undoc-feature",
    "event-case",
    "features-deprecated-type",
    "features-too-many",
    "ident-with-escape",
}


def findings(path: Path, *, strict: bool) -> list[Diagnostic]:
    try:
        resolve(load(path, strict=strict), strict=strict)
    except SchemaError as error:
        return list(error.diagnostics)
    return []


@pytest.fixture(name="case", params=cases(), ids=lambda case: case.case)
def _case(request: pytest.FixtureRequest, shared: Path) -> Case:
    case: Case = request.param
    return case


def test_verdict_file_and_line(case: Case) -> None:
    found = findings(SUITE / f"{case.case}.json", strict=True)
    places = [(Path(d.place.source.path).name, str(d.place.line)) for d in found]
    assert places == ([(case.file, case.line)] if case.verdict == "reject" else [])


def test_without_strict(case: Case) -> None:
    found = findings(SUITE / f"{case.case}.json", strict=False)
    assert bool(found) is (case.verdict == "reject" and case.case not in ONCE_FINE)


def test_no_case_is_missing(shared: Path) -> None:
    assert shared == SUITE.parent
    found = cases()
    assert len(found) == 121
    assert {case.case for case in found} >= ONCE_FINE
    assert sum(case.verdict == "accept" for case in found) == 8


def test_the_wording_of_rules_is_ours(shared: Path) -> None:
    """No sentence that a rule of ours is put in stands in what QEMU's compiler says."""
    compared = 0
    for case in cases():
        said = (SUITE / f"{case.case}.err").read_text()
        syntax_errors: list[Diagnostic] = []
        tree = load(SUITE / f"{case.case}.json", strict=True, errors=syntax_errors)
        if syntax_errors:
            continue
        try:
            resolve(tree, strict=True)
        except SchemaError as error:
            for finding in error.diagnostics:
                compared += 1
                assert finding.message not in said
    assert compared > 70
