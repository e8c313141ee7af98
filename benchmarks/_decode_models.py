"""The same types for other libraries: source of msgspec, pydantic and attrs classes.

Made from the very nodes that our codec uses, so that everyone decodes the same
members with the same types. What others do not have (unknown variants, ranges of
64 bits) they are not asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

from qapi_runtime.codec.nodes import (
    AlternateNode,
    AnyNode,
    ArrayNode,
    BoolNode,
    EnumNode,
    IntNode,
    Member,
    Node,
    NullNode,
    NumberNode,
    StringNode,
    StructNode,
    Tag,
    UnionNode,
)

__all__ = ["cattrs_decoder", "msgspec_decoder", "pydantic_decoder"]

Decoder = Callable[[bytes], Any]

_SIMPLE = {StringNode: "str", BoolNode: "bool", NumberNode: "float", NullNode: "None"}


class _Source:
    """Writes the classes that a type needs, each once."""

    header = "from __future__ import annotations\nimport enum\nfrom typing import *\n"

    def __init__(self, library: str) -> None:
        self.library = library
        self.blocks: list[str] = []
        self.names: dict[Node, str] = {}
        #: Struct's name -> {attr: wire}, where the two differ.
        self.renames: dict[str, dict[str, str]] = {}
        #: Union's alias -> (tag on the wire, {value: struct's name}).
        self.unions: dict[str, tuple[str, dict[str, str]]] = {}

    def module(self, root: Node) -> tuple[ModuleType, str]:
        """A module with all of it, and the annotation of the root."""
        annotation = self.annotation(root)
        module = ModuleType(f"bench_{self.library}_{abs(hash(annotation))}")
        sys.modules[module.__name__] = module  # where annotations are looked up
        head = f"{self.header}import {self.library}\n"
        exec(head + "\n".join(self.blocks), module.__dict__)
        return module, annotation

    def annotation(self, node: Node) -> str:
        if type(node) in _SIMPLE:
            return _SIMPLE[type(node)]
        match node:
            case AnyNode():
                return "Any"
            case IntNode():
                return self.integer(node)
            case ArrayNode(item=item):
                return f"list[{self.annotation(item)}]"
            case AlternateNode(branches=branches):
                kinds = dict.fromkeys(self.annotation(b) for b in branches.values())
                return f"Union[{', '.join(kinds)}]"
        if node not in self.names:
            self.names[node] = name = f"{node.name.replace('-', '_')}_{len(self.names)}"
            if isinstance(node, EnumNode):
                self.enum(name, node)
            elif isinstance(node, UnionNode):
                self.union(name, node)
            else:
                assert isinstance(node, StructNode)
                self.struct(name, node)
        return self.names[node]

    def integer(self, node: IntNode) -> str:
        if node.bits == 64:
            return "int"
        bounds = f"ge={node.low}, le={node.high}"
        if self.library == "msgspec":
            return f"Annotated[int, msgspec.Meta({bounds})]"
        if self.library == "pydantic":
            return f"Annotated[int, pydantic.Field({bounds})]"
        return "int"

    def enum(self, name: str, node: EnumNode) -> None:
        lines = [f"class {name}(str, enum.Enum):"]
        lines += [f"    V{i} = {text!r}" for i, text in enumerate(node.strings)]
        self.blocks.append("\n".join(lines))

    def union(self, name: str, node: UnionNode) -> None:
        cases: dict[str, str] = {}
        for value, case in node.cases.items():
            assert isinstance(case, StructNode), "nested unions are not compared"
            cases[value] = self.annotation(case)
        self.unions[name] = node.tag.wire, cases
        union = f"Union[{', '.join(cases.values())}]"
        if self.library == "pydantic":
            tag = f"pydantic.Field(discriminator={node.tag.attr!r})"
            union = f"Annotated[{union}, {tag}]"
        self.blocks.append(f"{name} = {union}")

    def struct(self, name: str, node: StructNode) -> None:
        members = [m for m in node.members if not isinstance(m, Tag)]
        tags = [m for m in node.members if isinstance(m, Tag)]
        named = members if self.library == "msgspec" else node.members
        self.renames[name] = {m.attr: m.wire for m in named if m.attr != m.wire}
        body = [self.tag(tag) for tag in tags if self.library != "msgspec"]
        body += [self.member(member) for member in members]
        lines = [self.head(name, tags), *(body or ["pass"])]
        self.blocks.append("\n    ".join(lines))

    def head(self, name: str, tags: list[Tag]) -> str:
        if self.library == "msgspec":
            options = f"kw_only=True, rename={self.renames[name]!r}"
            for tag in tags:
                options += f", tag_field={tag.wire!r}, tag={tag.value.value!r}"
            return f"class {name}(msgspec.Struct, {options}):"
        if self.library == "pydantic":
            config = "model_config = pydantic.ConfigDict(strict=True)"
            return f"class {name}(pydantic.BaseModel):\n    {config}"
        return f"@attrs.define(kw_only=True)\nclass {name}:"

    def tag(self, tag: Tag) -> str:
        annotation = f"{tag.attr}: Literal[{tag.value.value!r}]"
        if self.library == "pydantic":
            return f"{annotation} = pydantic.Field(alias={tag.wire!r})"
        return annotation

    def member(self, member: Member) -> str:
        annotation = self.annotation(member.node)
        if self.library == "pydantic":
            default = "None" if member.optional else "..."
            value = f" = pydantic.Field({default}, alias={member.wire!r})"
        else:
            value = " = None" if member.optional else ""
        if member.optional:
            annotation = f"Optional[{annotation}]"
        return f"{member.attr}: {annotation}{value}"


def msgspec_decoder(root: Node) -> Decoder:
    """``msgspec.Struct``, every type checked."""
    import msgspec

    module, annotation = _Source("msgspec").module(root)
    decode: Decoder = msgspec.json.Decoder(eval(annotation, module.__dict__)).decode
    return decode


def pydantic_decoder(root: Node) -> Decoder:
    """pydantic v2, strict."""
    import pydantic

    module, annotation = _Source("pydantic").module(root)
    for value in list(vars(module).values()):
        if isinstance(value, type) and issubclass(value, pydantic.BaseModel):
            value.model_rebuild(_types_namespace=vars(module))
    adapter: Any = pydantic.TypeAdapter(eval(annotation, module.__dict__))
    decode: Decoder = adapter.validate_json
    return decode


def cattrs_decoder(root: Node) -> Decoder:
    """attrs classes, cattrs (without its detailed errors, so faster), orjson."""
    import attrs
    from cattrs.preconf.orjson import make_converter

    source = _Source("attrs")
    module, annotation = source.module(root)
    space = module.__dict__
    converter = make_converter(detailed_validation=False)
    for name in source.renames:
        attrs.resolve_types(space[name], space, space)
    for name, (tag, cases) in source.unions.items():
        classes = {value: space[case] for value, case in cases.items()}
        hook = _by_tag(converter, tag, classes)
        converter.register_structure_hook_func(_is(space[name]), hook)
    for name, renames in source.renames.items():
        # A factory, so that a class finds the hooks of those it refers to.
        make = partial(_structure_fn, converter, renames)
        converter.register_structure_hook_factory(_is(space[name]), make)
    target = eval(annotation, space)
    return lambda text: converter.loads(text, target)


def _is(target: Any) -> Callable[[Any], bool]:
    return lambda cls: bool(cls == target)


def _by_tag(converter: Any, tag: str, classes: dict[str, type]) -> Callable[..., Any]:
    return lambda data, _: converter.structure(data, classes[data[tag]])


def _structure_fn(converter: Any, renames: dict[str, str], cls: type) -> Any:
    from cattrs.gen import make_dict_structure_fn, override

    overrides: Any = {attr: override(rename=wire) for attr, wire in renames.items()}
    return make_dict_structure_fn(cls, converter, **overrides)
