"""What the tests of documents share: the LibreOffice of this machine."""

import os
import shutil
from dataclasses import replace

import pytest

from documents.libreoffice.installation import Office, find_office


@pytest.fixture(scope="session", params=["as it is", "in its sandbox"])
def office(request: pytest.FixtureRequest) -> Office:
    """Return it as it is, and in its sandbox."""
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    found = find_office(os.environ["PATH"])
    assert found
    if request.param == "as it is":
        return replace(found, sandbox=())
    if not found.sandbox:
        pytest.skip("bubblewrap is not installed, or forbidden here")
    return found
