"""The Git side: objects, the repository, its branch and lock, where each record lies, its bytes, and the commit as receipt of an act.

May touch everything below; nothing here decides what is lawful. Its doors: ``store.Store``, what everybody above asks of the place where
a register is kept, and ``view.View``, what a register says at one commit.
"""
