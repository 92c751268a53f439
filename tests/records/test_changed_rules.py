"""A changed rule is a new version of the rules: in a copy of the program that has one, old commits replay as they were done, new acts are
judged by the new rule, and the program of before only looks at what the newer one wrote.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from records.acts import Refusal
from records.register.register import NEW, Receipt, Register
from records.store.receipt import trailers
from schema.versions import RULES
from tests.bureau import NOW, PROPOSE, STORY, roster

ROOT = Path(__file__).parents[2]
ROOMS = ("schema", "records", "documents", "desk", "tui")
N = RULES + 1

# The recipe of CONTRIBUTING for a changed rule, played on a gate, a writer and a row: file, what stands there, what stands there instead.
CHANGES: tuple[tuple[str, str, str], ...] = (
    ("schema/versions.py", f"\nRULES = {RULES}\n", f"\nRULES = {N}\n"),
    ("records/acts/dispatch.py", '@TABLE.gate("R-10", "propose")\n', f'''\
@TABLE.gate("R-10", "propose", since={N})
def three_points_are_given(case: Case, given: Given) -> Refusal | None:
    return None if len(given.points()) > 2 else case.refuse("R-10", "不足三项要求。", field="points")


@TABLE.gate("R-10", "propose", until={RULES})
'''),
    ("records/acts/dispatch.py", '@TABLE.act("dispatch")\n', f'''\
@TABLE.act("dispatch", since={N})
def dispatch_in_short(case: Case, given: Given) -> Change:
    return Change(replace(case.before, dispatched=case.stamp, original_due=case.before.due, policy=case.world.policy_id), about="发出")


@TABLE.act("dispatch", until={RULES})
'''),
    ("schema/regulation.yaml", "  - name: sign_for\n", f"""\
  - name: sign_for
    since: {N}
    label: 接收
    clause: 三（二）
    who: [{{role: liaison, of: undertaking}}]
    from: [with_unit]
    optional: true
    help: 单位接收。
    inputs: []
  - name: sign_for
    until: {RULES}
"""),
)  # fmt: skip

PLAY = """\
import sys
from datetime import timedelta
from pathlib import Path

from records.acts import Refusal
from records.register.register import NEW, Receipt, Register
from tests.bureau import NOW, PROPOSE, STORY, as_read

register = Register(Path(sys.argv[1]))
assert [str(problem) for _, problem in register.replay().problems() if problem] == []
at = NOW + timedelta(minutes=1)
refused = register.act("propose", sys.argv[2], "BGS.clerk1", PROPOSE, at)
assert isinstance(refused, Refusal) and refused.reason == "不足三项要求。", refused
three = {**PROPOSE, "points": [*PROPOSE["points"], {"text": "回头看"}]}
for act, by, inputs in STORY[1:6]:
    done = register.act(act, sys.argv[2], by, three if act == "propose" else inputs, at)
    assert isinstance(done, Receipt), str(done)
    print(register.describe(done.commit).message.partition("\\n")[0])
assert [str(problem) for _, problem in register.replay().problems() if problem] == []
"""


def registered(register: Register) -> str:
    """Register a matter, a second one of the same paper."""
    _, by, inputs = STORY[0]
    done = register.act("register", NEW, by, {**inputs, "another_paper": True}, NOW)
    assert isinstance(done, Receipt), str(done)
    return done.outcome.target


def replayed(register: Register) -> list[str]:
    return [str(problem) for _, problem in register.replay().problems() if problem]


@pytest.fixture
def register(tmp_path: Path) -> Register:
    told = roster()
    return Register.create(tmp_path / "register", told.bureau, told.leaders, tuple(told.units.values()), NOW)


def test_old_commits_replay_under_the_old_rule_and_new_acts_are_judged_by_the_new_one(register: Register, tmp_path: Path) -> None:
    target = registered(register)
    for act, by, inputs in STORY[1:6]:
        assert isinstance(register.act(act, target, by, inputs, NOW), Receipt)
    program = tmp_path / "program"
    program.mkdir()
    for room in ROOMS:
        shutil.copytree(ROOT / room, program / room, ignore=shutil.ignore_patterns("__pycache__", "demo"))
    (program / "records/demo").mkdir()
    shutil.copy(ROOT / "records/demo/roster.yaml", program / "records/demo")
    (program / "tests").mkdir()
    shutil.copy(ROOT / "tests/bureau.py", program / "tests")
    for file, old, new in CHANGES:
        text = (program / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, (file, old)
        (program / file).write_text(text.replace(old, new), encoding="utf-8")
    second = registered(register)
    played = subprocess.run(
        [sys.executable, "-c", PLAY, str(register.home), second], cwd=program, capture_output=True, text=True, check=False, timeout=300
    )
    assert played.returncode == 0, played.stderr
    assert played.stdout.splitlines()[-3:] == [f"交办 {second} 发出", f"接收 {second} 交通警察支队主办", f"接收 {second} 城关分局协办"]

    # To the program of before it is a register of rules that it does not know.
    assert trailers(register.describe(register.head() or "").message)["Duban-Rules"] == str(N)
    refused = register.act("propose", second, "BGS.clerk1", PROPOSE, NOW)
    assert isinstance(refused, Refusal)
    assert refused.reason.startswith(f"本登记簿已由更新的程序办理，用的是第{N}版规则；本程序只认到第{RULES}版")
    told = replayed(register)
    assert len(told) == 5
    assert f"第{N}版，本程序只认到第{RULES}版" in told[0]
