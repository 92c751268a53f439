"""The command line as people and scripts use it: every act, refusals in words, JSON, no traceback, no escape sequence."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desk.desk import Desk
from desk.ledger import LedgerQuery, page
from desk.ledger_words import meant
from records.index.index import Index
from records.index.rows import Excerpt
from records.register.register import Register
from tests.bureau import AFTERWARDS
from tests.planting import store_of
from tui.command import main

ROOT = Path(__file__).parents[2]


class Shell:
    """Runs commands in this process at one register."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self._capsys, self._monkeypatch = home, capsys, monkeypatch

    def __call__(self, *argv: str) -> tuple[int, str, str]:
        """Run one command; return status, output, complaints."""
        self._monkeypatch.setattr(sys, "argv", ["duban", "--register", str(self.home), *argv])
        with pytest.raises(SystemExit) as left:
            main()
        told = self._capsys.readouterr()
        return int(left.value.code or 0), told.out, told.err

    def ok(self, *argv: str) -> str:
        """Run a command that must succeed."""
        status, out, err = self(*argv)
        assert status == 0, err
        return out


@pytest.fixture
def brief_shell(brief: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return one at a register of two matters, for what goes through all documents or all commits."""
    return Shell(brief.home, capsys, monkeypatch)


@pytest.fixture
def shell(demo: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(demo.home, capsys, monkeypatch)


def test_the_ledger_filters_by_unit_state_light_and_words(shell: Shell) -> None:
    assert len(shell.ok("ls").splitlines()) == 30
    assert "DB-2026-0162" in shell.ok("ls", "--light", "red")
    assert {row["category"] for row in json.loads(shell.ok("ls", "--category", "7", "--json"))} == {7}
    assert all("已归档" in line for line in shell.ok("ls", "--state", "已归档").splitlines())
    assert "DB-2026-0151" in shell.ok("ls", "--search", "护学岗")
    rows = json.loads(shell.ok("ls", "--unit", "WA", "--json"))
    assert {"WA"} <= {row["lead"] for row in rows} | {unit for row in rows for unit in row["assisting"]}


def test_of_what_words_do_not_find_no_record_of_the_index_is_read(shell: Shell, demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a hundred thousand matters it would be most of what such a command takes."""
    real, read = Index.items, list[str]()

    def items(index: Index, **wanted: Any) -> list[Excerpt]:  # its conditions
        found = real(index, **wanted)
        read.extend(each.id for each in found if not wanted.get("only_open"))  # of these the light is looked for
        return found

    monkeypatch.setattr(Index, "items", items)
    desk = Desk(demo, None, lambda: AFTERWARDS)
    assert [excerpt.id for excerpt, _ in desk.ledger(among=["DB-2026-0118", "DB-2026-9999", "none"])] == ["DB-2026-0118"]
    assert desk.ledger(among=[]) == []
    assert read == ["DB-2026-0118"]
    read.clear()
    assert shell.ok("ls", "--search", "DB-2026-0118").startswith("DB-2026-0118")
    assert read == ["DB-2026-0118"]


@pytest.mark.parametrize("words", ["交警支队", "逾期", "办理中", "红 签收", "灯:红 办", "我:待办", "〔结转〕", "护学岗", "没有这些字"])
def test_the_same_words_find_the_same_matters_as_on_the_screen(shell: Shell, demo: Register, words: str) -> None:
    every = list[str]()
    for person in ("BGS.clerk1", "JJ.liaison"):
        listed = json.loads(shell.ok("ls", "--as", person, "--search", words, "--json"))
        desk = Desk(demo, demo.view().roster.people[person], lambda: AFTERWARDS)
        query = meant(desk, LedgerQuery(words)).query
        assert [row["id"] for row in listed] == [line.excerpt.id for line in page(desk, query, 0, 1000).lines]
        every += [row["id"] for row in listed]
    assert every or words in ("没有这些字", "〔结转〕", "红 签收")
    assert ("只看：" in shell("ls", "--as", "BGS.clerk1", "--search", words)[2]) == (":" in words)


def test_a_unit_sees_its_own_items_only(shell: Shell) -> None:
    all_ids = {line.split()[0] for line in shell.ok("ls").splitlines()}
    own = {line.split()[0] for line in shell.ok("ls", "--as", "WA.liaison").splitlines()}
    assert own < all_ids
    assert "DB-2026-0118" not in own
    for command in ("show", "log", "diff"):
        status, _, err = shell(command, "DB-2026-0118", "--as", "WA.liaison")
        assert (status, "不在您的职责范围内" in err) == (1, True)


def test_show_says_where_the_item_is_and_what_comes_next(shell: Shell) -> None:
    out = shell.ok("show", "DB-2026-0206")
    assert "主管副局长：顾拟宁" in out
    assert "下一步：阅示" in out
    data = json.loads(shell.ok("show", "DB-2026-0206", "--json"))
    assert data["standing"]["next"] == "read"
    assert data["item"]["state"] == "awaiting_reading"


def test_log_tells_who_moved_a_deadline_and_who_asked_for_it(shell: Shell) -> None:
    for field in ("办结时限", "due"):
        out = shell.ok("log", "DB-2026-0181", "--field", field)
        assert "“办结时限”：2026-11-13 → 2026-11-25" in out
        moved, asked = out.split("这个内容最早见于：")
        assert "田拟霖  审批延期 DB-2026-0181" in moved
        assert "魏拟义  请示延期 DB-2026-0181 兰公经请〔2026〕3号" in asked
    only = shell.ok("log", "DB-2026-0181", "--field", "due", "--by", "田拟霖")
    assert (only.count("→"), only.splitlines()[0][30:33]) == (1, "田拟霖")
    (line, _) = shell.ok("log", "DB-2026-0181", "--act", "请示延期").splitlines()
    assert "魏拟义" in line
    assert "没有“时限吧”这一栏" in shell("log", "DB-2026-0181", "--field", "时限吧")[2]


def test_log_names_person_clause_and_commit(shell: Shell) -> None:
    out = shell.ok("log", "DB-2026-0118")
    assert "顾拟宁  阅示 DB-2026-0118 同意交办〔三（一）1〕" in out
    assert "责成重新上报 DB-2026-0118 交通警察支队办结报告（第2轮），R1、R4" in out


def test_diff_marks_what_changed_beside_the_return_reasons(shell: Shell) -> None:
    out = shell.ok("diff", "DB-2026-0118", "--rounds", "2", "3")
    assert "R4 缺协办意见" in out
    assert "[-19起-]{+23起，9月4日以来未再发现+}" in out
    status, _, err = shell("diff", "DB-2026-0118", "--rounds", "1", "9")
    assert (status, "没有第9轮" in err) == (1, True)


def test_acts_lists_the_open_ones_and_why_the_others_are_not(shell: Shell) -> None:
    out = shell.ok("acts", "DB-2026-0206", "--as", "顾拟宁")
    open_part, closed = out.split("不能办：")
    assert "read  阅示〔三（一）1〕  填写：decision（阅示结论）、text（阅示意见）" in open_part
    assert "“交办”不属于顾拟宁（副局长（主管督办工作））的职责。应由市局办公室督办人员" in closed


def test_an_act_goes_on_record_and_says_its_commit(shell: Shell) -> None:
    out = shell.ok("act", "read", "DB-2026-0206", "--as", "L03", "--set", "decision=agree", "--set", "text=同意。")
    assert out.startswith("已办 阅示 DB-2026-0206 同意交办（提交 ")
    assert Register(shell.home).view().item("DB-2026-0206").state == "read"  # type: ignore[union-attr]


def test_a_program_acts_by_json_and_is_told_in_json(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def written(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    act = ("act", "read", "DB-2026-0206", "--as", "L03", "--stdin", "--json")
    offered = {line["act"]: line for line in json.loads(shell.ok("acts", "DB-2026-0206", "--as", "L03", "--json"))}
    assert [each["name"] for each in offered["read"]["inputs"]][:2] == ["decision", "text"]
    assert offered["dispatch"]["refusal"]
    for wrong in ("[]", "{", '{"text": 1, "text": 2}', '{"text": NaN}', "[" * 100_000, '"x"'):
        written(wrong)
        status, _, err = shell(*act)
        assert (status, "标准输入" in err, "Traceback" in err) == (1, True, False), wrong
    written('{"decision": "agree"}')
    status, out, _ = shell(*act)
    assert (status, json.loads(out)["done"], json.loads(out)["problems"][0]["field"]) == (1, False, ["text"])
    written('{"decision": "agree", "text": "同意\\ud840\\udc00。"}')
    done = json.loads(shell.ok(*act))
    assert (done["done"], done["act"], done["commit"]) == (True, "read", Register(shell.home).head())


def test_a_refused_act_says_clause_reason_and_way_out(shell: Shell) -> None:
    head = Register(shell.home).head()
    status, out, err = shell("act", "dispatch", "DB-2026-0206", "--as", "BGS.clerk1")
    assert (status, out) == (1, "")
    assert "不予办理 〔三（一）1〕本件现在是“待阅示”，还不能“交办”：须先拟办，应当阅示的经主管副局长阅示后" in err
    assert "由主管副局长（顾拟宁）办理" in err
    assert Register(shell.home).head() == head


def test_inputs_come_from_a_file_with_every_mistake_at_its_line(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "proposal.yaml"
    file.write_text(
        "lead: JJ\nassisting:\n  - CG\npoints:\n  - text: 逐一查实\n  - text: 错峰放学\n    unit: CG\n"
        "due: '2026-12-18'\nfeedback_cycle: weekly\ntext: |\n  拟由交警支队主办。\n"
    )
    register = ["title=门前停车", "category=9", "subtype=热线", "source_kind=other", "source_organ=信访处"]
    register += ["source_ref=热线第1期", "received=2026-11-23", "importance=normal", "urgency=ordinary", "secrecy=none"]
    out = shell.ok("act", "register", "new", "--as", "BGS.clerk1", *[part for pair in register for part in ("--set", pair)])
    assert "DB-2026-0207" in out
    shell.ok("act", "propose", "DB-2026-0207", "--as", "BGS.clerk1", "--from", str(file))
    file.write_text("lead: JJ\nlead: CG\npoints: &a []\n")
    status, _, err = shell("act", "propose", "DB-2026-0207", "--as", "BGS.clerk1", "--from", str(file))
    assert status == 1
    assert "proposal.yaml:2" in err
    assert "proposal.yaml:3" in err


def test_only_a_demo_register_lets_one_choose_identity_and_time(shell: Shell, tmp_path: Path) -> None:
    assert "没有“谁”" in shell("act", "read", "DB-2026-0206", "--as", "谁")[2]
    sample = tmp_path / "real"
    shell.ok("init", str(sample))
    shell.home = sample
    shell.ok("init", str(sample), "--roster", str(sample / "roster.xlsx"))
    assert "只从入口办理" in shell("ls", "--as", "L03")[2]
    assert "没有符合条件的事项" in shell("ls")[2]
    for words in (("acts", "JJ"), ("act", "found_unit", "new"), ("import", "ledger", __file__), ("roster", "import", __file__)):
        assert "只从入口办理" in shell(*words)[2], words


def test_a_demo_is_made_where_the_register_is_said_to_be(shell: Shell, demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.command.init.publish", lambda register, work: None)
    assert shell.ok("demo").strip() == f"演示登记簿已在 {demo.home}。"


def test_check_names_file_line_column_field_and_reason(shell: Shell, tmp_path: Path, demo: Register) -> None:
    head = demo.head()
    assert head is not None
    text = (store_of(demo).read("items/2026/01/DB-2026-0118.yaml", head) or b"").decode()
    bad = tmp_path / "items/2026/01/DB-2026-0118.yaml"
    bad.parent.mkdir(parents=True)
    bad.write_text(text.replace("due: '2026-09-07'", "due: 九月七日", 1).replace("urgency: extra_urgent", "urgent: yes"))
    status, out, _ = shell("check", str(bad))
    assert status == 1
    lines = out.splitlines()
    assert any("“办结时限”（due）：" in line and f"{text.split('due: ')[0].count(chr(10)) + 1}:" in line for line in lines)
    assert any("urgent" in line and "（urgency）" in line for line in lines)
    assert shell.ok("check") == "没有发现问题。\n"


def test_history_is_checked_by_running_it_again(shell: Shell) -> None:
    status, out, err = shell("check", "--history")
    assert (status, out) == (0, "没有发现问题。\n")
    assert "可以重现" in err


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["nothing"], "没有“nothing”这个命令"),
        (["ls", "--lihgt", "red"], "没有 --lihgt 这个选项"),
        (["show"], "缺少 ITEM"),
        (["show", "DB-1"], "没有 DB-1 这个事项"),
        (["ls", "--light", "blue"], "没有“blue”这种灯"),
        (["act", "fly", "DB-2026-0118", "--as", "L01"], "没有“fly”这个动作"),
        (["act", "read", "DB-2026-0206", "--as", "L03", "--set", "decision"], "--set 应写作 名称=内容"),
        (["verify", "/nowhere/a.docx"], "/nowhere/a.docx 不存在，或者不是文件"),
        (["verify", "/no'where"], "FILE 不存在"),
        (["digest", "--to", "/etc/passwd"], "/etc/passwd 不存在，或者不是目录"),
        (["digest", "--to", "/dev/null/a"], "写出摘要失败"),
        (["build", "DB-2026-0118", "--to", "/dev/null/a", "--no-pdf"], "写出公文失败"),
        (["build", "DB-2026-0118", "--to", "/proc", "--no-pdf"], "写出公文失败"),
        (["ls", "--xlsx", "/dev/null/a.xlsx"], "写出台账失败"),
        (["init", "/dev/null/a"], "写出花名册样本失败"),
    ],
)
def test_complaints_are_chinese_and_in_one_line(shell: Shell, argv: list[str], words: str) -> None:
    status, _, err = shell(*argv)
    assert status != 0
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "command", ["", "act", "acts", "ls", "show", "log", "diff", "build", "verify", "watch", "check", "doctor", "demo", "init"]
)
def test_help_is_chinese_throughout(shell: Shell, command: str) -> None:
    out = shell.ok(*([command] if command else []), "--help")
    assert "..." not in out  # by which the library says that a sentence without blanks is too long for it
    assert "用法：" in out
    assert not any(word in out for word in ("Usage", "Options", "Commands", "Show this message"))


def test_text_from_records_reaches_no_terminal_raw(shell: Shell) -> None:
    status, _, err = shell("act", "read", "DB-2026-0206", "--as", "\x1b]0;x\x07")
    assert status == 1
    assert "\x1b" not in err


def test_output_into_a_closed_pipe_ends_quietly(demo: Register) -> None:
    argv = [sys.executable, "-m", "tui.command", "--register", str(demo.home), "log", "DB-2026-0118"]
    done = subprocess.run(f"{' '.join(argv)} | head -n 1", shell=True, capture_output=True, text=True, cwd=ROOT, check=False)
    assert "Traceback" not in done.stderr
    assert done.stdout


def test_a_need_to_know_list_hides_an_item_everywhere(shell: Shell) -> None:
    register = [
        "title=内部核查",
        "category=9",
        "subtype=其他",
        "source_kind=other",
        "source_organ=纪检",
        "need_to_know=L01、DC.main_leader",
    ]
    register += ["source_ref=第1号", "received=2026-11-23", "importance=normal", "urgency=ordinary", "secrecy=none"]
    shell.ok("act", "register", "new", "--as", "BGS.clerk1", *[part for pair in register for part in ("--set", pair)])
    for looker in ("L01", "DC.main_leader", "BGS.clerk1"):
        assert "DB-2026-0207" in shell.ok("ls", "--as", looker)
        assert "DB-2026-0207" in shell.ok("ls", "--as", looker, "--search", "核查")
        shell.ok("show", "DB-2026-0207", "--as", looker)
    for looker in ("L03", "BGS.clerk2", "JJ.liaison"):
        assert "DB-2026-0207" not in shell.ok("ls", "--as", looker)
        assert "DB-2026-0207" not in shell.ok("ls", "--as", looker, "--search", "核查")
        assert shell("show", "DB-2026-0207", "--as", looker)[0] == 1
    assert "DB-2026-0207" not in shell.ok("ls")
    assert shell("log", "DB-2026-0207")[0] == 1


def test_a_signature_on_paper_is_entered_with_its_scan_and_shown_as_such(brief_shell: Shell, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4 a scanned page startxref 0 %%EOF")
    given = ["act", "read", "DB-2026-0206", "--paper-of", "L03", "--set", "decision=agree", "--set", "text=同意。"]
    assert "只能由市局办公室录入" in brief_shell(*given, "--as", "L02", "--scan", str(scan))[2]
    assert "扫描件" in brief_shell(*given, "--as", "BGS.registry")[2]
    foretold = brief_shell.ok(*given, "--as", "BGS.registry", "--scan", str(scan), "--dry-run")
    assert "待阅示 → 已阅示" in foretold
    assert "下一步交办" in foretold
    assert "纸质签字" not in brief_shell.ok("show", "DB-2026-0206"), "it was only tried"
    brief_shell.ok(*given, "--as", "BGS.registry", "--scan", str(scan))
    assert "顾拟宁（纸质签字，万拟竹录入）" in brief_shell.ok("show", "DB-2026-0206")
    assert brief_shell.ok("check", "--history") == "附件 1 件与记录的摘要相符。\n没有发现问题。\n"


def test_the_clock_urges_once_and_everybody_gets_one_digest(shell: Shell) -> None:
    assert "检查点 " in shell.ok("tick")
    assert shell.ok("tick") == "共 0 件。\n"
    text = shell.ok("digest", "--as", "JJ.liaison")
    assert text.startswith("邵拟行同志：您有")
    assert shell.ok("check", "--history") == "没有发现问题。\n"


def test_a_roundup_is_the_same_whenever_it_is_computed(shell: Shell) -> None:
    before = shell.ok("roundup", "2026-10", "--as-of", "2026-11-10", "--json")
    assert "DB-2026-0162" in before
    shell.ok("act", "draft_roundup", "2026-10", "--as", "BGS.section_chief")
    assert shell.ok("roundup", "2026-10", "--as-of", "2026-11-10", "--json") == before
    assert "综述" in shell("act", "approve_roundup", "2026-10", "--as", "L03", "--set", "text=同意。")[2]
    shell.ok("act", "write_roundup", "2026-10", "--as", "BGS.section_chief", "--set", "text=城关分局因会签逾期，限11月25日前上报。")
    shell.ok("act", "approve_roundup", "2026-10", "--as", "L03", "--set", "text=同意印发。")
    shell.ok("act", "issue_roundup", "2026-10", "--as", "BGS.clerk1")
    assert "已印发" in shell.ok("roundup", "2026-10")
    assert shell.ok("check", "--history") == "没有发现问题。\n"


def test_a_document_is_told_from_an_altered_one(brief_shell: Shell, tmp_path: Path) -> None:
    brief_shell.ok("build", "--no-pdf")
    made = brief_shell.home / "published" / "DB-2026-0118-special.docx"
    assert "与登记簿一致：DB-2026-0118" in brief_shell.ok("verify", str(made))
    assert "已签发" in brief_shell.ok("verify", str(made))
    altered = tmp_path / made.name
    altered.write_bytes(made.read_bytes()[:-1] + b"x")
    assert "已被改动" in brief_shell("verify", str(altered))[2]
    other = tmp_path / "other.docx"
    other.write_bytes(b"PK")
    assert "不是本登记簿" in brief_shell("verify", str(other))[2]


def test_the_ledger_goes_into_a_workbook(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "ledger.xlsx"
    assert "30 件" in shell.ok("ls", "--xlsx", str(file))
    assert file.read_bytes()[:2] == b"PK"
    assert "WA" not in shell.ok("ls", "--as", "WA.liaison", "--xlsx", str(file))


def test_an_items_documents_are_made_as_of_any_commit(brief_shell: Shell, tmp_path: Path) -> None:
    brief_shell.ok("build", "DB-2026-0118", "--to", str(tmp_path / "now"), "--no-pdf")
    brief_shell.ok("build", "--no-pdf")
    assert {path.name for path in (tmp_path / "now").iterdir()} >= {"DB-2026-0118-special.docx"}
    assert (tmp_path / "now/DB-2026-0118-special.docx").read_bytes() == (
        brief_shell.home / "published/DB-2026-0118-special.docx"
    ).read_bytes()
    submitted = next(line.split()[2] for line in brief_shell.ok("log", "DB-2026-0118").splitlines() if "  上报 DB" in line)
    brief_shell.ok("build", "DB-2026-0118", "--to", str(tmp_path / "then"), "--at", submitted, "--no-pdf")
    names = {path.name for path in (tmp_path / "then").iterdir()}
    assert "DB-2026-0118-report.docx" in names
    assert "DB-2026-0118-special.docx" not in names
    assert not any(name.endswith(".pdf") for name in names)
    assert "没有 0000000 这一笔" in brief_shell("build", "DB-2026-0118", "--to", str(tmp_path), "--at", "0000000")[2]


def test_a_script_that_names_its_base_overwrites_nothing_that_came_since(shell: Shell, demo: Register) -> None:
    item, at = "DB-2026-0194", ("--at", "2026-11-23T10:30")
    base = (demo.head() or "")[:10]  # as duban log shows it
    mine = ("act", "draft_report", item, "--as", "QLH.liaison", *at, "--set", "title=甲", "--set", "body=甲稿。")
    shell.ok("act", "draft_report", item, "--as", "QLH.liaison_b", *at, "--set", "title=乙", "--set", "body=乙稿。")
    status, _, err = shell(*mine, "--base", base)
    assert (status, "别人改动了" in err, "Traceback" in err) == (1, True, False)
    assert "没有 zzz 这一笔" in shell(*mine, "--base", "zzz")[2]
    shell.ok(*mine, "--base", demo.head() or "")
    shell.ok(*mine[:-2], "--set", "body=甲再稿。")
