"""What is loaded later is the module itself, whole for whoever asks, and loaded by nothing but a question."""

import inspect
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tui.later import _Later

_TEXTS = ("一行", "", " 前有空格", "后有空格 ", "中\t间", "第一行\n    第二行\n\n  ", "\n\n    缩进\n      更多\n")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> _Later:
    made = _Later("colorsys")
    monkeypatch.setitem(sys.modules, "colorsys", made.module)
    return made


def test_it_is_loaded_by_the_first_question_and_is_the_module(later: _Later) -> None:
    import colorsys

    assert vars(colorsys).keys() & {"rgb_to_hsv", "ONE_THIRD"} == set()
    with pytest.raises(AttributeError, match="module 'colorsys' has no attribute 'nothing'"):
        _ = colorsys.nothing  # type: ignore[attr-defined]
    assert colorsys.rgb_to_hsv(1, 1, 1) == (0.0, 0, 1)
    assert colorsys.__spec__ is not None
    assert colorsys.__file__ == colorsys.__spec__.origin
    assert "__getattr__" not in vars(colorsys)
    with pytest.raises(AttributeError):
        _ = colorsys.nothing  # type: ignore[attr-defined]


def test_threads_that_ask_at_once_find_all_of_it(later: _Later) -> None:
    together = Barrier(4)

    def asked(name: str) -> object:
        together.wait()
        return getattr(later.module, name)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(asked, ("hsv_to_rgb", "rgb_to_hls", "rgb_to_yiq", "hsv_to_rgb")))
    assert all(map(callable, found))
    assert found[0] is found[3]


def test_what_is_not_there_is_said_as_of_any_module() -> None:
    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_module'"):
        _Later("no_such_module").module.anything  # noqa: B018


@pytest.mark.parametrize("text", _TEXTS)
def test_a_text_is_cleaned_as_inspect_cleans_it(text: str) -> None:
    later = _Later("inspect")
    later.module.cleandoc = later.cleandoc  # type: ignore[attr-defined]
    assert later.module.cleandoc(text) == inspect.cleandoc(text)


def test_what_a_class_says_of_its_fields_is_told_as_inspect_tells_it() -> None:
    class Told:
        given: int
        named: "str"

    class Heir(Told):
        pass

    later = _Later("inspect")
    later.module.get_annotations = later.get_annotations  # type: ignore[attr-defined]
    told = later.module.get_annotations(Told)
    assert told == inspect.get_annotations(Told) == {"given": int, "named": "str"}
    assert told is not vars(Told)["__annotations__"]
    assert "signature" not in vars(later.module)
    assert later.get_annotations(Heir) == {}
    assert later.get_annotations(Told, eval_str=True)["named"] is str
    assert later.get_annotations(test_threads_that_ask_at_once_find_all_of_it)["return"] is None
    assert vars(later.module)["get_annotations"] is not later.get_annotations
