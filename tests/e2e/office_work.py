"""What people of the invented office do day by day: register, dispatch, report, sign; each under his own account, by commands."""

from collections.abc import Mapping

from tests.e2e.office import Office

A1, A2, A3 = "qian", "li", "wang"
KEEPER, REGISTRY = "zhao", "wen"
POINTS = [{"text": "逐项查实"}, {"text": "书面答复"}]
LETTER: Mapping[str, object] = {"kind": "report", "body": "事项已经办结，情况属实。\n\n下一步每月回查。"}
# What each category's registration says of where it came from.
SOURCES: Mapping[int, Mapping[str, object]] = {
    1: {"subtype": "重点工作", "source_kind": "bureau_deployment", "source_organ": "兰州市公安局"},
    3: {"subtype": "专项工作", "source_kind": "organ_assignment", "source_organ": "省公安厅", "source_ref": "甘公部〔2026〕3号"},
    4: {
        "subtype": "上级领导批示", "source_kind": "leader_instruction", "source_organ": "中共兰州市委办公室", "source_ref": "摘报第9期",
        "instruction_by": "省领导", "instruction_at": "2026-01-05", "instruction": "请查实，结果报我。",
    },
    5: {
        "subtype": "市局领导批示", "source_kind": "bureau_leader_instruction", "source_organ": "兰州市公安局",
        "source_ref": "局长批示第7号",
        "instruction_by": "张拟局长",
        "instruction_leader": "L01", "instruction_at": "2026-04-27", "instruction": "请办公室督办。",
    },
    6: {"subtype": "指标任务", "source_kind": "indicator", "source_organ": "省公安厅", "source_ref": "甘公指标〔2026〕1号"},
    7: {
        "subtype": "人大代表建议", "source_kind": "npc_suggestion", "source_organ": "市人大常委会", "source_ref": "市人大建议第8号",
        "proposer": "某代表", "session": "十七届六次", "suggestion_number": "第8号", "suggestion_role": "lead",
    },
    8: {"subtype": "同级部门商请协助", "source_kind": "peer_request", "source_organ": "市市场监管局", "source_ref": "兰市监函〔2026〕5号"},
    9: {"subtype": "热线高频诉求", "source_kind": "other", "source_organ": "市长热线", "source_ref": "热线第31期"},
}  # fmt: skip


def registered(office: Office, category: int, title: str, day: str, **more: object) -> str:
    """Register a matter of a category."""
    plain = {"importance": "normal", "urgency": "ordinary", "secrecy": "none", "received": day}
    return office.do(A1, "register", "new", title=title, category=category, **{**SOURCES[category], **plain, **more})


def dispatched(office: Office, item: str, lead: str, due: str, **more: object) -> None:
    """Propose, have it read where it must be, dispatch."""
    told = {"points": POINTS, "feedback_cycle": "none", "text": "拟由该单位主办。", **more}
    office.do(A1, "propose", item, lead=lead, due=due, **told)
    if office.item(item).state == "awaiting_reading":
        office.do(A2, "read", item, decision="agree", text="同意。")
    office.do(A1, "dispatch", item)


def taken_on(office: Office, item: str, unit: str, liaison: str = "") -> None:
    """The unit signs for it and its leader reads it."""
    office.do(liaison or f"{unit}d", "sign_for", item)
    office.do(f"{unit}b", "read_in_unit", item, text="请抓紧办理。")


def written(office: Office, item: str, liaison: str) -> None:
    """The liaison drafts the report."""
    body = f"# 一、办理情况。\n{office.item(item).title}已经查实，处理12人。"
    office.do(liaison, "draft_report", item, title=f"关于{office.item(item).title}办理情况的报告", body=body)


def reported(office: Office, item: str, unit: str, liaison: str = "") -> None:
    """From a draft on: reviewed, consented to, submitted, the paper received."""
    office.do(f"{unit}c", "review_report", item, verdict="pass")
    office.do(f"{unit}a", "consent", item, decision="agree")
    office.do(liaison or f"{unit}d", "submit", item)
    office.do(REGISTRY, "receive_paper", item, pages=2, copies=1)


def signed(office: Office, item: str, **letter: object) -> None:
    """The office reviews, the director signs; with a letter it is numbered too."""
    every = [n + 1 for n, _ in enumerate(office.item(item).points)]
    office.do(A1, "office_review", item, answered=every, **({**LETTER, **letter} if letter else {}))
    office.do(A3, "director_sign", item, text="同意。")
    if letter:
        office.do(REGISTRY, "reserve_number", item)


def sent_up(office: Office, item: str, leader: str) -> None:
    """A leader signs the outgoing document, it goes up, the matter is concluded."""
    office.do(leader, "bureau_sign", item, text="同意。")
    office.do(A1, "report_up", item, text="机要交换。")
    office.do(A1, "conclude", item)


def concluded(office: Office, item: str, unit: str, liaison: str) -> None:
    """From the draft to the end of a matter on which nothing goes up."""
    written(office, item, liaison)
    reported(office, item, unit, liaison)
    signed(office, item)
    office.do(A1, "conclude", item)
