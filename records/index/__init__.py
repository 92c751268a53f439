"""The index: a SQLite file beside the register that lists, searches and histories read. A cache, deletable at any time.

May touch the store; acts never read it. Its door: ``index.Index``.
"""
