"""The types that every schema has without defining them."""

from __future__ import annotations

from qapigen.model.schema import BuiltinType, JsonType

__all__ = ["BUILTIN_TYPES", "QTYPE_VALUES"]

_JSON_TYPES: dict[str, JsonType] = {
    "str": "string",
    "number": "number",
    "int": "int",
    "int8": "int",
    "int16": "int",
    "int32": "int",
    "int64": "int",
    "uint8": "int",
    "uint16": "int",
    "uint32": "int",
    "uint64": "int",
    "size": "int",
    "bool": "boolean",
    "any": "value",
    "null": "null",
    "QType": "string",
}

#: The built-in types by name. There is one object for each, whatever the schema.
BUILTIN_TYPES = {name: BuiltinType(name, json) for name, json in _JSON_TYPES.items()}

#: The values of ``QType``, which is an enumeration on the wire.
QTYPE_VALUES = ("none", "qnull", "qnum", "qstring", "qdict", "qlist", "qbool")
