"""The recipe for an act in CONTRIBUTING is whole: a sample act is added to a copy of the program at its four places and at no other, and
then goes through form, command line, record, screen text, voiding and replay like any act.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("schema", "records", "documents", "desk", "tui")

# File, what stands there already, what is put before it.
RECIPE: tuple[tuple[str, str, str], ...] = (
    ("schema/regulation.yaml", "  - name: submit\n", """\
  - name: countersign
    label: 会签
    clause: 二
    paper: true
    who: [{role: main_leader, of: assisting}]
    from: [unit_reviewed, consented]
    optional: true
    help: 协办单位主要领导对这一份文本会签。
    inputs:
      - {name: text, at: 'report.rounds[-1].countersigned.text', optional: true}
      - {name: hash, at: 'report.rounds[-1].countersigned.hash', shown: true}
"""),
    ("records/acts/report.py", '@TABLE.gate("R-16", "submit", sees="record")\n', """\
@TABLE.act("countersign")
def countersign(case: Case, given: Given) -> Change:
    signature = Signature(**vars(case.stamp), hash=given.text("hash"), text=given.maybe("text"))
    return Change(with_round(case, countersigned=signature), about=report_name(case), words=given.maybe("text") or "")


"""),
    ("schema/item.yaml", "      submitted: {title: 电子件上报, $ref: '#/$defs/stamp'}\n", """\
      countersigned: {title: 会签, $ref: '#/$defs/signature'}
"""),
    ("records/matter/report.py", "    submitted: Stamp | None = None\n", """\
    countersigned: Signature | None = None
"""),
)  # fmt: skip
# What a writer and a field need to be imported is no place of its own.
IMPORTS = (
    ("records/acts/report.py", "from records.matter.stamps import ", "from records.matter.stamps import Signature, "),
    ("records/matter/report.py", "from records.matter.stamps import ", "from records.matter.stamps import Signature, "),
)

PLAY = """\
from datetime import timedelta
from pathlib import Path
import sys

from click.testing import CliRunner

from desk.desk import Desk
from desk.shown_text import shown
from desk.wording import reports
from records.acts import form
from records.matter.item import signatures
from records.register.register import Receipt, Register
from records.audit.replay import Replay
from records.store.record_files import emit
from schema.tables import acts
from tests.bureau import NOW, STORY, Matter, as_read, roster
from tui.command import duban

# In memory: shown, bound to its text, void by an edit.
matter = Matter().until("submit")
item = matter.do("countersign", "CG.main_leader", text="同意。")
assert "report.rounds[-1].countersigned" in [each.place for each in signatures(item)]
assert item.moved_at == NOW.isoformat()
assert shown(acts()["countersign"], item, matter.roster).hash == item.report.hash
said = dict(reports(item, matter.roster, matter.world.calendar))["第1轮"]
name = matter.roster.holders("main_leader", "CG", NOW.date())[0].name
assert f"会签 {name}" in said, said
assert matter.refused("countersign", "CG.main_leader", hash="sha256:" + "0" * 64).rule == "R-17"
assert matter.refused("countersign", "JJ.main_leader").way_out.startswith("应由城关分局主要领导")
anew = matter.refused("draft_report", "JJ.liaison", title="关于整改情况的报告", body="查处货车23起。")
assert f"{name} 城关分局" in anew.reason and "“会签”" in anew.reason, anew.reason
item = matter.do("draft_report", "JJ.liaison", title="关于整改情况的报告", body="查处货车23起。", void_reason="又查处4起。")
assert [each.act for each in item.report.round.voided] == ["review_report", "consent", "countersign"]
assert item.report.round.countersigned is None
said = dict(reports(item, matter.roster, matter.world.calendar))["第1轮"]
assert f"会签 {name} 2026-08-31 09:00（因改稿失效" in said, said

# On record: form, command line, replay.
told = roster()
home = Path(sys.argv[1])
register = Register.create(home, told.bureau, told.leaders, tuple(told.units.values()), NOW - timedelta(days=1))
target = "new"
for act, by, inputs in STORY:
    if act == "submit":
        break
    item = None if target == "new" else register.view().item(target)
    done = register.act(act, target, by, as_read(act, inputs, item), NOW)
    assert isinstance(done, Receipt), str(done)
    target = done.outcome.target
desk = Desk(register, register.view().roster.people["CG.main_leader"], lambda: NOW)
assert form("countersign").at(("text",))["title"] == "意见"
assert [each.name for each in desk.form("countersign", desk.open(target).item) if not each.besides] == ["text"]
run = lambda *words: CliRunner().invoke(duban, ["--register", str(home), *words])
listed = run("acts", target, "--as", "CG.main_leader")
assert "countersign  会签〔二〕" in listed.output, listed.output
acted = run("act", "countersign", target, "--as", "CG.main_leader", "--set", "text=同意会签。", "--at", "2026-08-31T09:30")
assert acted.exit_code == 0, acted.output
shown = run("show", target, "--as", "BGS.clerk1")
assert f"会签 {name}" in shown.output, shown.output
commits = list(register.replay().problems())
assert [problem for _, problem in commits if problem] == []
assert commits[-1][0].message.startswith(f"会签 {target} 交通警察支队办结报告（第1轮）")
print("whole")
"""


def test_an_act_takes_a_row_a_writer_and_a_field_with_its_schema_and_nothing_else(tmp_path: Path) -> None:
    copy = tmp_path / "program"
    for room in ROOMS:
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "tests").mkdir()
    shutil.copy(ROOT / "tests/bureau.py", copy / "tests/bureau.py")
    for file, anchor, added in RECIPE:
        _edit(copy / file, anchor, added + anchor)
    for file, anchor, instead in IMPORTS:
        _edit(copy / file, anchor, instead)
    (copy / "play.py").write_text(PLAY, encoding="utf-8")
    argv = [sys.executable, "play.py", str(tmp_path / "register")]
    done = subprocess.run(
        argv, cwd=copy, env={"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    assert done.stdout == "whole\n", done.stderr


def _edit(path: Path, anchor: str, instead: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(anchor) == 1, f"{anchor} in {path}"
    path.write_text(text.replace(anchor, instead), encoding="utf-8")
