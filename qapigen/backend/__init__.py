"""Meaning to text: Python names, views, templates, layout."""
