"""``make canary`` gives each failure a name."""

from collections.abc import Collection

from tests.canary import culprits, pinned, wanted

PROJECT = """
[build-system]
requires = ["setuptools>=77"]
[project]
dependencies = ["textual==8.2.8", "python-docx>=1.1.2"]
[project.optional-dependencies]
test = ["types-PyYAML", "jsonschema_rs[extra]~=0.30"]
"""


def test_what_is_asked_for_is_asked_for_in_any_version() -> None:
    assert wanted(PROJECT) == ["jsonschema_rs", "python-docx", "setuptools", "textual", "types-PyYAML"]


def test_a_package_is_the_same_however_its_name_is_written() -> None:
    assert pinned(["# made by freeze", "-r requirements.txt", "jsonschema_rs==0.60.3", "GitPython==3.2.1"]) == {
        "jsonschema-rs": "0.60.3",
        "gitpython": "3.2.1",
    }


def test_each_failure_has_its_package_or_several_or_none() -> None:
    newer = {"rich": ("15", "16"), "textual": ("8", "9")}

    def failing(tests: frozenset[str], alone: Collection[str]) -> frozenset[str]:
        breaks = {(): {"flaky"}, ("rich",): {"width", "flaky"}, ("textual",): {"screen", "width"}}[tuple(alone)]
        return tests & breaks

    found = culprits(frozenset({"flaky", "width", "screen", "both"}), newer, failing)
    assert [(what, set(broken)) for what, broken in found] == [
        ("fails on the pins too", {"flaky"}),
        ("rich 15 -> 16", {"width"}),
        ("textual 8 -> 9", {"screen", "width"}),
        ("no single one, only several together", {"both"}),
    ]
