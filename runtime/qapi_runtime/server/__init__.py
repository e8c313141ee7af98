"""The server side: typed handlers, a table that runs commands with them, events out.

- :class:`HandlerGroup`, base of the generated ``Commands``, which a server derives from;
- :class:`CommandTable`: commands in (plain data), results out, errors as QEMU words them;
- :meth:`HandlerGroup.emit`: typed events out.

No transport and no protocol here: whoever has a connection feeds the table.
"""

from __future__ import annotations

from .handlers import EventSink, HandlerGroup
from .table import AsyncCommandTable, CommandTable

__all__ = ["AsyncCommandTable", "CommandTable", "EventSink", "HandlerGroup"]
