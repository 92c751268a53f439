"""What the tests of documents share: a register, what publishes it, and the LibreOffice of this machine."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from documents.layout.profile import standard
from documents.libreoffice.installation import Office, find_office
from documents.publishing.publisher import Publisher
from records.register.register import Register
from tests.documents.case import created


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return created(tmp_path / "register")


@pytest.fixture
def publisher(register: Register) -> Publisher:
    return Publisher(register, standard())


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
