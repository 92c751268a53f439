"""The views of the ledger that a person may pick by a digit: six standing ones, three of his own, and all matters.

Each is words that one may type as well, under a name; so whatever a view leaves out can be said in words, and is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desk.desk import Desk
from desk.ledger import COUNTED, LedgerQuery, Order, count
from desk.ledger_words import DONE, DUE, OPEN, Meant, meant
from desk.settings import LedgerView, Settings
from desk.terms import label
from records.acts import Refusal

ALL = LedgerView("全部")
ORDERS: dict[Order, str] = {"number": "编号", "time_left": "最急在前", "lead": "主办", "updated": "最近变动", "urged": "已催次数"}
FILTERS = ("灯", "主办", "协办", "单位", "分管", "类别", "状态", "收到", "到期")
"""The filters that a view is narrowed by, in the order in which they are offered."""
OWN = 3
"""Views that a person may save: with the standing ones and that of all matters, as many as there are digits."""
LONGEST = 12
"""Signs of a view's name."""


@dataclass(frozen=True)
class Way:
    """How a person looks at the ledger.

    Attributes:
        view: the view.
        more: filters and words beside those of the view.
        order: of the lines.
    """

    view: LedgerView = ALL
    more: str = ""
    order: Order = "number"


def standing() -> tuple[LedgerView, ...]:
    """Return the views that everybody has."""
    return (
        LedgerView(OPEN, f"状态:{OPEN}", "time_left"),
        LedgerView("红灯", "灯:红"),
        LedgerView("我经手的", f"我:{DONE}"),
        LedgerView("等我办的", f"我:{DUE}"),
        LedgerView(label("state", "returned"), f"状态:{label('state', 'returned')}"),
        LedgerView("未签收", f"状态:{label('state', 'dispatched')}"),
    )


def views(known: Settings) -> tuple[tuple[str, LedgerView], ...]:
    """Return all views of a person, each with its digit."""
    picked = zip("123456789", (*standing(), *known.views[:OWN]), strict=False)
    return (*picked, ("0", ALL))


def opening() -> Way:
    """Return how everybody looks at the ledger at first: what is still to be seen through, the most pressing first."""
    view = standing()[0]
    return Way(view, order=view.order or "number")


def way_left(known: Settings) -> Way:
    """Return how a person looked at the ledger when he left it, as everybody does at first where he left it in no view, or in one gone."""
    found = (view for _, view in views(known) if view.name == known.view)
    return next((Way(view, order=known.order) for view in found), opening())


def elsewhere(desk: Desk, way: Way, words: str, only: frozenset[str] | None = None) -> int:
    """Return how many matters are found among all that are not in the view; further as ``asked``."""
    if way.view == ALL or not words.strip():
        return 0
    return count(desk, asked(desk, replace(way, view=ALL), words, only).query, COUNTED)


def asked(desk: Desk, way: Way, words: str, only: frozenset[str] | None = None) -> Meant:
    """Return what is asked for by a way of looking and what is typed; told is what narrows it beside the view.

    Args:
        desk: the person's.
        way: the way.
        words: what is typed where one searches.
        only: the only matters that count, None for all.
    """
    some = frozenset(way.view.items) or None
    among = some if only is None else only if some is None else only & some
    first = meant(desk, LedgerQuery(way.view.words, order=way.order, only=among)).query
    return meant(desk, replace(first, words=f"{first.words} {way.more} {words}".strip()))


def saved(known: Settings, view: LedgerView) -> tuple[LedgerView, ...] | Refusal:
    """Return a person's own views with one more, or with it in the place of that of the same name; or why it cannot be saved."""
    if not view.name or len(view.name) > LONGEST:
        return Refusal("", f"名称要有一至{LONGEST}个字。")
    if view.name in {each.name for each in (*standing(), ALL)}:
        return Refusal("", f"“{view.name}”是现成的视图。", "请换一个名称。")
    others = tuple(each for each in known.views if each.name != view.name)
    if len(others) >= OWN:
        return Refusal("", f"自己的视图最多 {OWN} 个。", "请用其中一个的名称替换它，或者先在视图上按 Delete 删去一个。")
    return tuple(view if each.name == view.name else each for each in known.views) if len(others) < len(known.views) else (*others, view)


def with_items(known: Settings, name: str, items: Sequence[str]) -> tuple[LedgerView, ...] | Refusal:
    """Return a person's own views with matters put into the one of that name, which begins with them where there is none."""
    before = next((each for each in known.views if each.name == name), LedgerView(name))
    if before.words:
        return Refusal("", f"“{name}”按条件列出，不能另加事项。", "请换一个名称。")
    return saved(known, replace(before, items=tuple(dict.fromkeys((*before.items, *items)))))
