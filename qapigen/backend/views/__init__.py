"""Views: everything a template needs, decided.

A view holds Python names, annotations, defaults, imports and docstrings; templates only loop and
place. Rooms: ``names`` hands out every name of a package, ``annotations`` writes types and gathers
the imports they need, ``unions`` flattens unions to classes, ``package`` makes the list of modules.
"""

from qapigen.backend.views.package import ModuleView, package_views

__all__ = ["ModuleView", "package_views"]
