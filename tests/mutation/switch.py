"""Which mutant is alive in this process, and which mutants a test comes by; the changed modules ask here at each site."""

active = -1
"""The number of the mutant that is alive; none at first."""

touched: set[int] = set()
"""The numbers of the sites that were asked for since it was last cleared."""

watching = False


def on(number: int) -> bool:
    """Say whether the mutant of a site is alive."""
    if watching:
        touched.add(number)
    return number == active
