"""Text to syntax tree: files, tokens, documentation comments, and how findings are shown.

::

    loader  file -> text        lexer  text -> tokens        lalr  tokens -> items
    docs    comment -> sections           parser  items of all files -> SyntaxTree
"""
