"""Which documents a record yields, the published folder kept in step with the register, previews, and where a file comes from.

May touch every other room of ``documents``. Its door: ``publisher.Publisher`` and ``catalogue.plans``.
"""
