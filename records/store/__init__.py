"""The Git side: objects, the repository, its lock, where each record lies, its bytes, and the commit as receipt of an act.

May touch everything below; nothing here decides what is lawful. Its door: ``repository.Store``.
"""
