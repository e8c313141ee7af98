"""Names that schemas may have, and that hurt in Python, in generated modules, or side by side."""

from __future__ import annotations

__all__ = [
    "COMMANDS",
    "CONDITIONS",
    "EVENTS",
    "FEATURES",
    "FILES",
    "MEMBERS",
    "TYPES",
    "UPPER_CASE",
    "VALUES",
]


def _words(*lines: str) -> list[str]:
    """Each word once."""
    return list(dict.fromkeys(" ".join(lines).split()))


TYPES = _words(
    # Common, and what is made of unions and branches.
    "Foo Bar Baz Qux Foo-Bar Foo_Bar FooBar Foo- FooA FooKind FooCommon FooUnknown FooMembers",
    "FooXBar FooX FooXUnknown FooAB FooTypeCommon FooEvent FromEvent UnionA DictA A1b AB FOO X",
    # Python's.
    "None True False list dict float type object class def async match self cls super property",
    "getattr tuple sorted set globals Exception AttributeError Enum NoneType json schema Self",
    # What generated modules import, define or hold.
    "Any Union Literal Struct Event Entity QapiEnum Client Commands Dispatcher AnyEvent",
    "UnknownEvent Timestamp TypeAlias TYPE_CHECKING UNSET Unset field define qapi value Mapping",
    "Sequence Sequence_ Awaitable Awaitable_ Command CommandGroup AsyncCommandGroup HandlerGroup",
    "commands enums types annotations deprecated import_module load_event_name BaseDispatcher",
    "EVENTS RootCommands TypesCommands List_",
    # Experimental, downstream.
    "x-Foo __org.qemu_x-Foo __com.acme_Bar",
)

MEMBERS = _words(
    "a b c d e f g a1 d1 kind id state format",
    # The same or nearly, in C or in Python.
    "a-b a-- a-b-c c-d-e d-1 x-a x-1 data- __org.qemu_x-a __com.acme_b-c __a_b",
    # Python's.
    "type class from in is not lambda none self cls str int list dict any import async await true",
    "false bool float object super bytes with yield global match case print len property init eq",
    "hash weakref mro annotations",
    # What generated modules use.
    "data value field define qapi struct event timestamp raw name metadata known unset commands",
    "arguments command options executor execute run emit attach dumps sequence mapping unknown",
    "entity eventdata",
)

VALUES = [*MEMBERS, *_words("1 144 1x 2-d 0 on off x1 names values")]

#: For members and values of types that may have such.
UPPER_CASE = _words("CPU PC Any Foo A a_B None Str Literal UNSET int_ Class")

COMMANDS = _words(
    "cmd-a cmd-b query-foo query-bar migrate set-x x-y ab foo x quit cont __org.qemu_x-cmd",
    "a-b a_b query-x- query_x connect-",
    "import class str list print match from self type yield any dict int bool float none",
    "connect close execute emit attach detach listen on dispatch timeout commands define qapi",
    "deprecated command Command sequence awaitable server root-commands type-checking unset",
    "annotations",
)

EVENTS = _words(
    "EVENT_A EVENT_B FOO BAR SHUTDOWN ANY UNKNOWN A_B AB A__B foo-event X-EVENT X1",
    "__ORG.QEMU_X-EVENT EVENT TYPE_CHECKING",
)

FILES = _words(
    "common a-b a_b sub/common sub/a-b block-core 1st x_y init Enums",
    "class import str dict tuple list sorted typing types json commands annotations __init__",
)

FEATURES = _words("deprecated unstable json-cli a-b allow-x x-1 __org.qemu_x-f")

#: What conditions ask for.
CONDITIONS = _words("CONFIG_A CONFIG_B HOST_X A1 TARGET_PPC64")
