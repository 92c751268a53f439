"""What is on record, as values: the item, its report, its outgoing document, number registers, roundups, and the canonical form of texts.

May touch only ``schema``. Its door: ``item.Item`` and ``plain_data``.
"""
