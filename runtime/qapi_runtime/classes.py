"""attrs classes that attrs finishes when they are first used.

A complete schema has more than a thousand structs; a module of it, hundreds. To build
an attrs class takes a few tenths of a millisecond, most of it spent on compiling an
``__init__``, and most of them are never used in a given program. So the ``define`` and
``field`` here only note what they were given and make the slotted class; the first
look at ``__attrs_attrs__`` or ``__init__`` (that is, the first instance, or any
function of attrs) has attrs make them.

To type checkers these *are* ``attrs.define`` and ``attrs.field``. Of their options
only what generated code says is understood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["define", "field"]

if TYPE_CHECKING:
    from attrs import define as define
    from attrs import field as field
else:

    class _Field:
        """The options of a field, kept for attrs."""

        __slots__ = ("options",)

        def __init__(self, options: dict[str, Any]) -> None:
            self.options = options

    def field(**options):
        """A member of a struct; options as those of ``attrs.field``."""
        return _Field(options)

    def define(*, eq, kw_only, repr):  # noqa: A002  # as attrs calls it
        """Make an attrs class: slotted, keyword-only, comparison and repr inherited."""
        if eq or repr or not kw_only:
            raise TypeError(
                "define: only (eq=False, kw_only=True, repr=False) is made here"
            )
        return _define

    def _define(cls):
        fields = {}
        namespace = {}
        for name, value in vars(cls).items():
            if type(value) is _Field:
                fields[name] = value
            elif name not in ("__dict__", "__weakref__"):
                namespace[name] = value
        if fields.keys() != vars(cls).get("__annotations__", fields).keys():
            raise TypeError(
                f"{cls.__qualname__}: a member is an annotation and a field()"
            )
        inherited = {name for base in cls.__mro__[1:] for name in vars(base)}
        unfinished = _Unfinished(fields)
        namespace |= {
            "__slots__": tuple(name for name in fields if name not in inherited),
            "__qualname__": cls.__qualname__,
            "__match_args__": (),
            "__attrs_attrs__": _Part(unfinished, "__attrs_attrs__"),
            "__init__": _Part(unfinished, "__init__"),
        }
        unfinished.cls = type(cls)(cls.__name__, cls.__bases__, namespace)
        return unfinished.cls

    class _Unfinished:
        """A class and what attrs has to be told about it."""

        __slots__ = ("cls", "fields")

        def __init__(self, fields):
            self.fields = fields

        def finish(self):
            """Have attrs make what is missing; harmless if done twice at once."""
            import attrs

            cls = self.cls
            namespace = {
                "__module__": cls.__module__,
                "__qualname__": cls.__qualname__,
                "__annotations__": vars(cls).get("__annotations__", {}),
            }
            for name, value in self.fields.items():
                namespace[name] = attrs.field(**value.options)
            plan = type(cls)(cls.__name__, cls.__bases__, namespace)
            done = attrs.define(eq=False, kw_only=True, repr=False)(plan)
            for name in ("__attrs_attrs__", "__attrs_props__", "__init__"):
                if name in vars(done):
                    setattr(cls, name, vars(done)[name])

    class _Part:
        """Stands in a class for what attrs will make; looking at it is asking for it."""

        __slots__ = ("name", "unfinished")

        def __init__(self, unfinished, name):
            self.unfinished = unfinished
            self.name = name

        def __get__(self, instance, owner):
            self.unfinished.finish()
            # From the class that has it: the owner may be one of its subclasses.
            made = vars(self.unfinished.cls)[self.name]
            return made.__get__(instance, owner) if hasattr(made, "__get__") else made
