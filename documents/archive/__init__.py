"""The archive package: an item, or all that came to its end in a year, with whatever an archivist needs to check it without this program.

May touch every other room of ``documents``. Its doors: ``packing.pack_item``, ``packing.pack_year`` and ``verification.verify``.
"""
