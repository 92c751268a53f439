"""The page and the type: every number with its clause (``layout.yaml``), the elements of official documents, lines and sides by arithmetic.

Knows no record. Its door: ``official_document.OfficialDocument`` and ``profile.standard``.
"""
