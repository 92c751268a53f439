"""How an act comes about: the case it looks at, the inputs and their places in the record, the table that acts and gates are entered in.

May touch ``matter``, ``bureau`` and ``rules``. No input or output. Its door: ``case.TABLE``.
"""
