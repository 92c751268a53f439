"""The register: every act goes through here, under its lock, into a commit; and the way back, history run again.

May touch everything in ``records``. Its door: ``register.Register``.
"""
