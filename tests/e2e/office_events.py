"""What befalls the invented office in its year, each with what people would look at after it."""

import json
import re
import shlex

from openpyxl import load_workbook

from tests.e2e.office import Office
from tests.e2e.office_work import A1, A2, A3, KEEPER, REGISTRY, registered, reported, sent_up, signed, written
from tests.tui.playing import Playing
from tui.forms.fields import FieldRow

BASIS = "兰公政任〔2026〕{}号"


async def _act(play: Playing, label: str, *answers: str) -> str:
    """Choose an act of the body under the cursor and answer its fields in turn."""
    await play.press("f5")
    await play.choose(label)
    await play.press("enter")
    for answer in answers:
        await play.type(answer)
        await play.press("tab")
    return await play.press("f10")


async def liaison_changes(office: Office, item: str) -> None:
    """In the first week a liaison goes and another comes; what he had to do is hers."""
    assert "签收" in office.owed("jjd")
    office.on("2026-01-08")
    async with office.sitting(KEEPER) as play:
        await play.press("p", "f3")
        await play.type("交警")
        await play.press("enter")
        basis = BASIS.format(1)
        assert "已办：登记人员 交警支队：新拟来" in await _act(play, "登记人员", "JJ.e", "新拟来", "民警", "jje", basis)
        assert "已办：任职 交警支队：新拟来任联络员" in await _act(play, "任职", "联络员", "新拟来", "今天", "", basis)
        assert "已办：免职 交警支队：孙联" in await _act(play, "免职", "联络员", "孙联", "今天", "", basis)
    assert f"签收：{item}" in office.owed("jje")
    assert office.owed("jjd") == ""
    assert "不在您的职责范围内" in office.may_not("jjd", "sign_for", item)


def leader_replaced(office: Office, item: str) -> None:
    """The leader over a unit goes while a letter lies before him: it waits for his successor."""
    office.on("2026-02-26")
    assert f"局领导审签签发：{item}" in office.owed("he")
    path = office.folder / "花名册-2月.xlsx"
    office.ok(KEEPER, "roster", "export", str(path))
    book = load_workbook(path)
    posts = book["任职"]
    (gone,) = (row for row in posts.iter_rows() if row[2].value == "何拟离")
    for cell, value in zip(gone[1:7], ("L05", "林　拟继", "副局长", "lin", "局领导", "2026.2.26"), strict=True):
        cell.value = value
    for cell in (cell for row in book["单位"].iter_rows() for cell in row if cell.value == "L03"):
        cell.value = "林拟继"
    posts.append(["注：何拟离同志调离。"])
    book.save(path)
    tried = office.ok(KEEPER, "roster", "import", str(path), "--basis", BASIS.format(2), "--dry-run")
    assert "没有记入登记簿" in tried
    assert "已办 6 步" in office.ok(KEEPER, "roster", "import", str(path), "--basis", BASIS.format(2))
    assert office.owed("he") == ""
    assert f"局领导审签签发：{item}" in office.owed("lin")
    assert "不在您的职责范围内" in office.may_not("he", "bureau_sign", item, text="同意。")
    office.do("lin", "bureau_sign", item, text="同意。")
    told = office.ok(KEEPER, "roster", "history", "leaders", "局领导")
    assert "2026-02-26 至 今  林拟继（副局长）" in told
    assert "2026-01-01 至 2026-02-25  何拟离（副局长）" in told
    office.do(A1, "report_up", item, text="机要交换。")
    office.do(A1, "conclude", item)


def merged(office: Office, nine: str, two: str) -> None:
    """Two units become one while a report is being written: the successor goes on with it, under its own number."""
    office.on("2026-04-14")
    written(office, nine, "zad")
    office.do("zac", "review_report", nine, verdict="pass")
    office.on("2026-04-15")
    tried = ("--set", "successor=刑警支队", "--set", "day=今天", "--set", f"basis={BASIS.format(3)}", "--dry-run")
    told = office.ok(KEEPER, "act", "dissolve_unit", "ZA", *tried)
    assert f"无人承办  {nine} 主要领导同意（原由周首）" in told
    assert f"无人承办  {two} 协办意见（原由周联）" in told
    office.do(KEEPER, "dissolve_unit", "ZA", successor="XJ", day="今天", basis=BASIS.format(3))
    assert office.owed("zaa") == ""
    for item in (nine, two):
        assert f"承接：{item}" in office.owed(A1)
        office.do(A1, "succeed", item)
    assert f"负责人审核：{nine}" in office.owed("xjc")
    assert f"协办意见：{two}" in office.owed("xjd")
    assert "不在您的职责范围内" in office.may_not("zaa", "consent", nine, decision="agree")
    assert "原治安支队，改由刑警支队" in office.ok(A1, "show", nine)
    reported(office, nine, "xj")
    report = office.item(nine).report
    assert report is not None
    assert report.number == "兰公刑报〔2026〕2号"
    assert "周联" in office.ok(A1, "log", nine)
    signed(office, nine)
    office.do(A1, "conclude", nine)


def stood_in(office: Office, five: str, eight: str) -> None:
    """Within his week the stand-in consents for the head of his unit, not the day before it nor the working day after it."""
    office.on("2026-05-07")
    for item in (five, eight):
        written(office, item, "cgd")
        office.do("cgc", "review_report", item, verdict="pass")
    week = {"since": "2026-05-11", "until": "2026-05-15", "basis": BASIS.format(4)}
    office.do(KEEPER, "stand_in", "CG", role="主要领导", person="郑副", on_behalf_of="郑首", **week)
    office.on("2026-05-08")
    assert office.owed("cgb") == ""
    assert "应由城关分局主要领导（郑首）办理" in office.may_not("cgb", "consent", five, decision="agree")
    office.on("2026-05-11")
    assert f"主要领导同意：{five}" in office.owed("cgb")
    office.do("cgb", "consent", five, decision="agree")
    assert "同意上报 郑副（代郑首） 2026-05-11" in office.ok(A1, "show", five)
    assert "代郑首" in office.ok(A1, "roster", "show", "城关")
    office.on("2026-05-18")
    assert office.owed("cgb") == ""
    assert "应由城关分局主要领导（郑首）办理" in office.may_not("cgb", "consent", eight, decision="agree")
    office.do("cga", "consent", eight, decision="agree")
    for item in (five, eight):
        office.do("cgd", "submit", item)
        office.do(REGISTRY, "receive_paper", item, pages=2, copies=1)
    signed(office, five)
    assert f"呈阅：{five}" in office.owed("zhang")
    office.do("zhang", "show_leader", five, text="已阅。")
    office.do(A1, "conclude", five)
    signed(office, eight, series="letter", title="关于联合查处情况的函", to="市市场监管局", kind="letter")
    sent_up(office, eight, A2)


async def policy_changed(office: Office) -> None:
    """The keeper draws up another version, the deputy director approves it: what is dispatched from then on goes by it."""
    office.on("2026-06-08")
    async with office.sitting(KEEPER) as play:
        await play.press("z", "f5")
        await play.choose("拟定时限规则")
        await play.press("enter")
        await play.type("2026-02")
        await play.press("tab", "tab", "backspace", "backspace")
        await play.type("10")
        for _ in range(100):
            assert not re.search("[a-z]{3,}", await play.press("tab"))
            if any(row.field.name == "reason" and row.has_focus_within for row in play.app.screen.query(FieldRow)):
                break
        await play.type("缩短平件时限。")
        told = await play.press("f10")
        assert "已办：拟定时限规则" in told, told
    assert "办结时限参考（工作日） 平件：15 → 10" in office.ok(KEEPER, "policy")
    async with office.sitting(A2) as play:
        await play.press("z", "f5")
        await play.choose("批准时限规则")
        await play.press("enter", "tab")
        await play.type("同意施行。")
        assert "已办：批准时限规则" in await play.press("f10")
    told = office.ok(KEEPER, "policy")
    assert re.search("版本 2026-02  2026-06-08 起 .* 在办0件", told)
    assert re.search("版本 2026-01  2026-01-05 起 .* 在办2件", told)


def withdrawn(office: Office) -> str:
    """A clerk takes back what he registered wrongly, and registers the same paper as what it is."""
    office.on("2026-09-07")
    wrong = registered(office, 9, "住建局商请信息共享", "2026-09-07", source_ref="兰住建函〔2026〕12号")
    assert f"撤回上一步 {wrong} 登记立项" in office.ok(A1, "act", "take_back", wrong, "--set", "reason=类别、来源登记错了。")
    assert "已撤销：类别、来源登记错了。" in office.ok(A1, "show", wrong)
    right = registered(office, 8, "住建局商请信息共享", "2026-09-07", source_organ="市住建局", source_ref="兰住建函〔2026〕12号")
    assert wrong not in office.owed(A1)
    assert f"拟办：{right}" in office.owed(A1)
    return right


def next_year_announced(office: Office, item: str) -> None:
    """The notice of the State Council moves days off under a due date, which is moved by an act."""
    office.on("2026-11-05")
    notice = office.folder / "2027.json"
    days = [("元旦", f"2027-01-0{n}", True) for n in (1, 2, 3)] + [("春节", f"2027-02-{n:02d}", True) for n in range(5, 13)]
    days += [("春节", "2027-01-30", False), ("春节", "2027-02-20", False)]
    noticed = [{"name": name, "date": day, "isOffDay": off} for name, day, off in days]
    notice.write_text(json.dumps({"year": 2027, "papers": [], "days": noticed}, ensure_ascii=False), encoding="utf-8")
    asked = ("calendar", "2027", "--import", str(notice), "--basis", "国办发明电〔2026〕9号")
    assert "估算，通知尚未登记" in office.ok(KEEPER, "calendar", "2027-02")
    assert f"公布以后落在休息日：{item}" in office.ok(KEEPER, *asked, "--dry-run")
    assert "2027年放假11天，调休上班2天" in office.ok(KEEPER, *asked)
    told = office.ok(A1, "calendar", "2027-02")
    assert f"{item} 冬季行动  办结时限 2027-02-10 是春节" in told
    line = next(part for part in told.split("\n  ") if part.startswith("printf %s "))
    _, _, given, *through = shlex.split(line)
    assert through[:3] == ["|", "ssh", "duban@服务器"]
    office.through(A1, given, *through[3:])
    assert f"审批调整：{item}" in office.owed(A3)
    office.do(A3, "decide_adjustment", item, decision="approved", text="同意。")
    assert office.item(item).due == "2027-02-04"
    assert "时限落在休息日" not in office.ok(A1, "calendar", "2027-02")
