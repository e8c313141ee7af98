"""What importing costs: nothing is loaded before it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import qapi_runtime
from qapi_runtime.compat import deprecated

from .helpers import run_fresh

HEAVY = ("lark", "jinja2", "black", "numpy", "numba", "qapigen")


def loaded_by(statement: str, folder: Path) -> set[str]:
    """The modules that a fresh interpreter has after the statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    return set(run_fresh(code, folder).split())


@pytest.fixture
def folder(sample: Any) -> Path:
    assert sample.__file__ is not None
    return Path(sample.__file__).parent.parent


def test_the_runtime_is_light(folder: Path) -> None:
    found = loaded_by("import qapi_runtime", folder)
    assert {name for name in found if name.startswith("qapi_runtime")} == {
        "qapi_runtime"
    }


@pytest.mark.parametrize("face", ["client", "aio"])
def test_a_client_loads_neither_attrs_nor_types_nor_codec(
    folder: Path, face: str
) -> None:
    found = loaded_by(f"import sample.{face}", folder)
    assert not found & {"attr", "attrs", "orjson", "msgspec", *HEAVY}
    below = {name for name in found if name.startswith(("qapi_runtime.", "sample."))}
    assert below == {
        "qapi_runtime.classes",
        "qapi_runtime.commands",
        "qapi_runtime.compat",
        "qapi_runtime.types",
        f"qapi_runtime.{face}",
        f"sample.{face}",
        f"sample.{face}.sample",
        "sample.commands",
        "sample.commands.sample",
    }


def test_using_everything_loads_no_compiler(folder: Path) -> None:
    found = loaded_by(
        "import sample, sample.client, sample.aio, sample.server, sample.events\n"
        "import sample.introspection, qapi_runtime.server\n"
        "for name in sample.__all__: getattr(sample, name)\n"
        "for name in qapi_runtime.__all__: getattr(qapi_runtime, name)\n"
        "qapi_runtime.to_wire(sample.Leaf(leaf_name='x'))",
        folder,
    )
    assert not found & set(HEAVY)
    assert "sample.types.sample" in found


def test_lazy_names(sample: Any) -> None:
    for name in qapi_runtime.__all__:
        assert getattr(qapi_runtime, name) is not None
        assert name in dir(qapi_runtime)
    with pytest.raises(AttributeError, match="nonsense"):
        qapi_runtime.nonsense  # type: ignore[attr-defined]  # noqa: B018  # that is the test


class TestDeprecated:
    def test_a_function_warns(self) -> None:
        @deprecated("use new")
        def old(x: int) -> int:
            """Doc."""
            return x + 1

        with pytest.warns(DeprecationWarning, match="use new") as caught:
            assert old(1) == 2
        assert caught[0].filename == __file__
        assert old.__doc__ == "Doc."
        assert old.__deprecated__ == "use new"  # type: ignore[attr-defined]  # set by PEP 702

    def test_marks_only(self) -> None:
        class Old:
            """Doc."""

        def old() -> None: ...

        assert deprecated("use new", category=None)(Old) is Old
        assert deprecated("use new", category=None)(old) is old
        Old()
        old()
        assert Old.__deprecated__ == "use new"  # type: ignore[attr-defined]  # set by PEP 702
