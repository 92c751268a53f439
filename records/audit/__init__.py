"""What proves a register from its commits alone: nothing but the store, the acts and the records' own form is trusted.

Door: ``replay.Replay`` does history again, ``audit.Audit`` judges a repository and what stands round it.
"""
