"""Classes that attrs finishes late are attrs classes all the same."""

from __future__ import annotations

import inspect
import pickle
import threading
from typing import Any

import attrs
import pytest
from qapi_runtime.classes import define, field
from qapi_runtime.types import UNSET, Entity, Struct, qapi

from .helpers import run_fresh


def fresh() -> tuple[Any, Any]:
    """A base and a derived class that nobody has looked at yet."""

    @define(eq=False, kw_only=True, repr=False)
    class Base(Struct):
        """The base."""

        __qapi__ = Entity("Base")

        name: str = field(metadata=qapi("name", "str"))

    @define(eq=False, kw_only=True, repr=False)
    class Derived(Base):
        """The derived one."""

        __qapi__ = Entity("Derived")

        tag: str = field(init=False, default="fixed", metadata=qapi("tag", "str"))
        size: int | None = field(default=None, metadata=qapi("*size", "uint8"))
        raw: dict[str, int] = field(factory=dict, metadata=qapi("", "any"))

    return Base, Derived


def is_finished(cls: Any) -> bool:
    return isinstance(vars(cls)["__attrs_attrs__"], tuple)


class TestLaziness:
    def test_nothing_is_made_before_it_is_needed(self) -> None:
        base, derived = fresh()
        assert not is_finished(base)
        assert derived.__doc__ == "The derived one."
        assert derived.__qapi__.name == "Derived"
        assert not is_finished(derived)
        derived(name="x")
        assert is_finished(derived)
        assert is_finished(base)

    @pytest.mark.parametrize(
        "look",
        [
            attrs.has,
            attrs.fields,
            inspect.signature,
            lambda cls: cls(name="x"),
            lambda cls: cls.__init__,
            lambda cls: hasattr(cls, "__attrs_attrs__"),
        ],
    )
    def test_any_look_will_do(self, look: Any) -> None:
        _, derived = fresh()
        look(derived)
        assert is_finished(derived)

    def test_a_subclass_may_be_the_first_to_ask(self) -> None:
        _, derived = fresh()

        class Mine(derived):  # type: ignore[misc,valid-type]  # made at run time
            """A user's."""

        assert Mine(name="x", size=3).size == 3
        assert attrs.fields(Mine) == attrs.fields(derived)
        assert is_finished(derived)

    def test_many_threads_at_once(self) -> None:
        _, derived = fresh()
        barrier = threading.Barrier(8)
        made: list[Any] = []

        def make() -> None:
            barrier.wait()
            made.append(derived(name="x"))

        threads = [threading.Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert made == [derived(name="x")] * 8

    def test_attrs_is_not_even_imported(self) -> None:
        code = (
            "from qapi_runtime.types import *\n"
            "@define(eq=False, kw_only=True, repr=False)\n"
            "class Leaf(Struct):\n"
            "    name: str = field(metadata=qapi('name', 'str'))\n"
            "import sys\n"
            "assert 'attrs' not in sys.modules\n"
            "Leaf(name='x')\n"
            "assert 'attrs' in sys.modules\n"
        )
        run_fresh(code)


class TestAsAttrsMakesThem:
    """Compared with what ``attrs.define`` makes of the same."""

    @pytest.fixture
    def pair(self) -> tuple[Any, Any]:
        @attrs.define(eq=False, kw_only=True, repr=False)
        class Base(Struct):
            """The base."""

            __qapi__ = Entity("Base")
            name: str = attrs.field(metadata=qapi("name", "str"))

        @attrs.define(eq=False, kw_only=True, repr=False)
        class Derived(Base):
            """The derived one."""

            __qapi__ = Entity("Derived")
            tag: str = attrs.field(
                init=False, default="fixed", metadata=qapi("tag", "str")
            )
            size: int | None = attrs.field(
                default=None, metadata=qapi("*size", "uint8")
            )
            raw: dict[str, int] = attrs.field(factory=dict, metadata=qapi("", "any"))

        return fresh()[1], Derived

    def test_fields(self, pair: tuple[Any, Any]) -> None:
        ours, theirs = pair
        assert attrs.fields(ours) == attrs.fields(theirs)
        assert [a.inherited for a in attrs.fields(ours)] == [True, False, False, False]
        assert attrs.fields(ours).size.metadata == {
            "name": "size",
            "type": "uint8",
            "optional": True,
            "since": None,
            "features": (),
            "condition": None,
        }

    def test_slots(self, pair: tuple[Any, Any]) -> None:
        ours, theirs = pair
        assert ours.__slots__ == theirs.__slots__ == ("tag", "size", "raw")
        assert ours.__match_args__ == theirs.__match_args__ == ()
        assert not hasattr(ours(name="x"), "__dict__")

    def test_signature(self, pair: tuple[Any, Any]) -> None:
        ours, theirs = pair
        assert str(inspect.signature(ours)) == str(inspect.signature(theirs))

    def test_instances(self, pair: tuple[Any, Any]) -> None:
        ours = pair[0]
        for cls in pair:
            one, two = cls(name="x", size=1), cls(name="x", size=1)
            assert one == two
            assert one.raw is not two.raw
            assert one.tag == "fixed"
            assert attrs.asdict(one) == {
                "name": "x",
                "tag": "fixed",
                "size": 1,
                "raw": {},
            }
            assert attrs.evolve(one, size=None).size is None
        for wrong in ({}, {"name": "x", "tag": "y"}, {"nome": "x"}):
            with pytest.raises(TypeError):
                ours(**wrong)

    def test_real_attrs_on_top(self, pair: tuple[Any, Any]) -> None:
        base: Any = pair[0]

        @attrs.define(kw_only=True)
        class Mine(base):  # type: ignore[misc]  # made at run time
            """A user's."""

            more: int = 3

        mine: Any = Mine
        assert mine(name="x").more == 3
        assert [a.name for a in attrs.fields(Mine)] == [
            "name",
            "tag",
            "size",
            "raw",
            "more",
        ]

    def test_a_member_may_have_any_name(self) -> None:
        @define(eq=False, kw_only=True, repr=False)
        class Odd(Struct):
            """With the name of a method of type."""

            __qapi__ = Entity("Odd")

            mro: int = field(metadata=qapi("mro", "int"))

        assert Odd(mro=3).mro == 3

    def test_an_annotation_alone_is_refused(self) -> None:
        with pytest.raises(TypeError, match=r"a field\(\)"):

            @define(eq=False, kw_only=True, repr=False)
            class Bare(Struct):
                """A member that nobody described."""

                name: str

    def test_other_options_are_refused(self) -> None:
        with pytest.raises(TypeError, match="only"):
            define(eq=True, kw_only=True, repr=False)


@define(eq=False, kw_only=True, repr=False)
class Kept(Struct):
    """At the top of a module, so that it can be pickled."""

    __qapi__ = Entity("Kept")

    thing: Any = field(default=UNSET, metadata=qapi("*thing", "any"))


def test_pickle() -> None:
    kept = Kept(thing=[1])
    assert pickle.loads(pickle.dumps(kept)) == kept
    assert Kept.__module__ == __name__
    assert Kept.__qualname__ == "Kept"
