"""Forms of the main acts that come late on a matter's way, filled in as it gets there, at both sizes."""

from functools import partial

from records.matter.item import Item
from records.matter.prose import printed_code
from records.register.register import Register
from tests.tui.playing import Playing, act, playing
from tui.forms.form import form_for

READ, SENT, LATE = "DB-2026-0206", "DB-2026-0188", "DB-2026-0156"


def _item(register: Register, item: str) -> Item:
    found = register.view().item(item)
    assert found
    return found


async def _filled(play: Playing, person: str, name: str, target: str, **words: str) -> str:
    play.app.sit(play.app.desk.view.roster.people[person])
    form = await play.app.ask(partial(form_for, play.app.desk, name, target, "", words))
    await play.app.switch_screen(form)
    await play.look()
    await play.stands(f"form_{name}")
    return await play.look()


async def test_each_step_from_the_reading_to_the_archive_is_seen_with_what_comes_of_it(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        filled = partial(_filled, play)
        act(demo, "read", READ, "L03", decision="agree", text="同意交办。")
        text = await filled("BGS.clerk1", "dispatch", READ)
        assert "阅示      同意交办。（顾拟宁 11-23）" in text, "what says no more than the decision is said once"
        assert "法制支队联络员 邱拟河、孟拟晨和警务保障处、刑事警察支队，下一步签收" in text.replace("\n           ", ""), (
            "all who sign for it"
        )
        report = _item(demo, SENT).report
        assert report
        act(demo, "consent", SENT, "JJ.main_leader", decision="agree", text="同意上报。", hash=report.hash)
        assert "待上报 → 待纸质件" in await filled("JJ.liaison", "submit", SENT)
        act(demo, "submit", SENT, "JJ.liaison")
        act(demo, "receive_paper", SENT, "BGS.registry", pages=2, copies=1, code=printed_code(report.hash))
        text = await filled("BGS.clerk1", "office_review", SENT, answered="1、2、3", text="报告属实，12处逐一有着落。")
        assert "办后" in text
        assert "待主管主任审签 → 主管主任已审签" in await filled("BGS.director_in_charge", "director_sign", "DB-2026-0185", text="请核。")
        act(demo, "bureau_sign", LATE, "L04", text="同意签发。", hash=_item(demo, LATE).text_to_sign)
        act(demo, "report_up", LATE, "BGS.clerk1", text="机要交换")
        assert "→ 已办结" in await filled("BGS.clerk1", "conclude", LATE, text="四项要求均已答复。")
        assert "已办结 → 已归档" in await filled("BGS.archivist", "archive", "DB-2026-0151")
