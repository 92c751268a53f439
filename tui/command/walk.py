"""The walk: one item's whole story told from its history, with the refusals it would have met and the commands a reviewer types."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from records.acts import Outcome, perform
from records.bureau.roster import Roster
from records.matter.history import Step
from records.register.register import Register
from schema.tables import acts
from tui.command.common import say

ITEM = "DB-2026-0118"


@dataclass(frozen=True)
class Attempt:
    """Something unlawful that might be tried right after an act of the story."""

    after: str
    what: str
    act: str
    by: str
    inputs: Mapping[str, object]


_ATTEMPTS = (
    Attempt("register", "未经阅示就交办", "dispatch", "BGS.clerk1", {}),
    Attempt("register", "时限定在放假的日子", "propose", "BGS.clerk1", {
        "lead": "JJ", "points": [{"text": "查实整改"}], "due": "2026-10-01", "feedback_cycle": "daily", "text": "拟由交警支队主办。"}),
    Attempt("propose", "由不主管督办的副局长阅示", "read", "L02", {"decision": "agree", "text": "同意。"}),
    Attempt("dispatch", "由别的单位签收", "sign_for", "XJ.liaison", {}),
    Attempt("review_report", "未经主要领导同意就上报", "submit", "JJ.liaison", {}),
    Attempt("receive_paper", "退回而不写原因", "return_report", "BGS.clerk1", {"comment": "请重写。", "redo_due": "2026-09-08"}),
    Attempt("return_report", "原样再报一遍", "draft_report", "JJ.liaison", {}),
)  # fmt: skip


def tell(register: Register) -> None:
    """Tell the story step by step, then show the files and what stock Git says."""
    register.index.catch_up()
    roster = register.view().roster
    say(f"\n一、{ITEM} 的经过（每行：时间、何人、依据、办理、提交）\n")
    seen: set[str] = set()
    for step in register.index.history(ITEM):
        _tell_step(step, roster)
        for attempt in _ATTEMPTS:
            if attempt.after == step.act and attempt.what not in seen:
                seen.add(attempt.what)
                _try(register, step, attempt)
        if step.act == "consent" and "consent" not in seen:
            seen.add("consent")
            _try_an_edit_after_consent(register, step)
    _tell_files(register)
    _tell_git(register)


def _tell_step(step: Step, roster: Roster) -> None:
    spec = acts().get(step.act)
    clause = f"〔{spec.clause}〕" if spec else ""
    say(f"{step.time[:16].replace('T', ' ')}  {roster.described(step.person, step.time)}  {clause}{step.subject}  提交 {step.commit[:10]}")
    for line in step.words.splitlines():
        if line.strip():
            say(f"{' ' * 18}“{line.strip()}”")


def _try(register: Register, step: Step, attempt: Attempt) -> None:
    """Run an unlawful act against the record as it stood; acts are pure, so nothing is touched."""
    view = register.view(step.commit)
    inputs = dict(attempt.inputs)
    item = view.item(ITEM)
    if attempt.act == "draft_report" and item and item.report:
        inputs = {"title": item.report.title, "body": item.report.body, "attachments": list(item.report.attachments)}
        inputs["attachment_text"] = item.report.attachment_text
    found = perform(view.world(), attempt.act, item, attempt.by, inputs, datetime.fromisoformat(step.time))
    answer = "（竟然可以办理）" if isinstance(found, Outcome) else f"不予办理 {found}"
    say(f"{' ' * 18}※ 若此时{attempt.what}：{answer}")


def _try_an_edit_after_consent(register: Register, step: Step) -> None:
    """What becomes of a consent when the text is edited after it."""
    view, at = register.view(step.commit), datetime.fromisoformat(step.time)
    item = view.item(ITEM)
    assert item is not None
    assert item.report is not None
    edited = {"title": item.report.title, "body": item.report.body + "\n另补一句。", "void_reason": "另补一句。"}
    draft = perform(view.world(), "draft_report", item, "JJ.liaison", edited, at)
    assert isinstance(draft, Outcome)
    refusal = perform(view.world(), "submit", draft.item, "JJ.liaison", {}, at)
    say(f"{' ' * 18}※ 若此时又改了一句就上报：不予办理 {refusal}")


def _tell_files(register: Register) -> None:
    say("\n二、文件\n")
    say(f"登记簿    {register.home / 'register.git'}")
    say(f"记录      items/2026/01/{ITEM}.yaml（在登记簿内；副本在 {register.published / 'records'}）")
    for path in sorted(register.published.glob(f"{ITEM}*")):
        say(f"公文      {path}")
    say(f"打开界面  duban --register {register.home} --as JJ.liaison")


def _tell_git(register: Register) -> None:
    say("\n三、查阅人可以输入的命令和结果\n")
    rounds = register.rounds(ITEM)
    path = f"items/2026/01/{ITEM}.yaml"
    home = str(register.home)
    _show(["git", "-C", home, "log", "--reverse", "--date=format:%m-%d %H:%M", "--format=%h %ad %an %s", "--", path])
    commits = [commit for commit, _ in rounds.values()]
    for old, new in pairwise(commits):
        _show(["git", "-C", home, "diff", "-U0", old[:10], new[:10], "--", path])
    if len(commits) > 1:
        _show(
            ["git", "-C", home, "diff", "-U0", "--word-diff=plain", "--word-diff-regex=.", commits[-2][:10], commits[-1][:10], "--", path]
        )
    last = register.index.history(ITEM)
    signed = next((step.commit for step in last if step.act == "bureau_sign"), None)
    if signed:
        _show(["git", "-C", home, "log", "-1", signed[:10]])


def _show(argv: list[str]) -> None:
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "GIT_PAGER": "cat", "GIT_CONFIG_GLOBAL": "/dev/null"}
    say("$ " + " ".join(f"'{part}'" if " " in part or "%" in part else part for part in argv))
    try:
        done = subprocess.run(argv, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)
    except FileNotFoundError:
        say("（本机没有 git 命令）\n")
        return
    lines = done.stdout.splitlines() or done.stderr.splitlines()
    for line in lines:
        say(line)
    say()
