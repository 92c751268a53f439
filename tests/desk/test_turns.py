"""What bent the way of a matter, told in sentences: what people wrote ends in a full stop, and nothing follows that with a comma."""

from desk.turns import turns
from tests.bureau import Matter


def _told(matter: Matter) -> dict[str, str]:
    assert matter.item
    return dict(turns(matter.item, matter.roster, matter.calendar))


def test_a_matter_taken_up_again() -> None:
    matter = Matter().until("archive")
    matter.do("reopen", "L03", reason="上级退回重办。", due="2026-12-25")
    assert _told(matter)["重新办理"].startswith("上级退回重办。（2026-12-25 前办结）\n")


def test_a_deadline_brought_forward() -> None:
    matter = Matter().until("draft_report")
    matter.do("propose_adjustment", "BGS.clerk1", points=[{"text": "三所学校逐一查实"}], due="2026-09-04", reason="活动提前举行。")
    assert _told(matter)["调整要求"].startswith("活动提前举行。（时限改为 2026-09-04）\n")
