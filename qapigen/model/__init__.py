"""Syntax tree to meaning: the rules of the language, and the model that views read.

::

    checker  expression -> shape      linker  names -> entities      resolver  tree -> Schema
    prune  Schema -> Schema           introspect  Schema -> what query-qmp-schema answers
"""
