"""What newer Pythons have and ours may not: ``deprecated`` of PEP 702.

Type checkers always see the one of ``typing_extensions``: typeshed carries it, it
need not be installed. At run time there is a small one of our own, since ours costs
nothing where generated code says ``category=None`` (on classes), and
``warnings.deprecated`` is of Python 3.13.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["deprecated"]

if TYPE_CHECKING:
    from typing_extensions import deprecated
else:

    def deprecated(message, /, *, category=DeprecationWarning):
        """Mark a class or a function as deprecated: ``message`` says what to use.

        With a ``category``, a call of the function also warns. (Of a class only the
        mark is made, whatever the category.)
        """

        def mark(thing):
            if category is not None and not isinstance(thing, type):
                thing = _warning(thing, message, category)
            thing.__deprecated__ = message
            return thing

        return mark

    def _warning(function, message, category):
        from functools import wraps

        @wraps(function)
        def warn_and_call(*args, **kwargs):
            from warnings import warn

            warn(message, category, stacklevel=2)
            return function(*args, **kwargs)

        return warn_and_call
