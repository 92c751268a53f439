"""What the tests on the real thing share."""

from collections.abc import Iterator

import pytest

from tests.e2e.doors import Door, accounts, opened


@pytest.fixture(scope="session")
def door() -> Iterator[Door]:
    """Return the door of the run, with its service."""
    with accounts(), opened() as found:
        yield found
