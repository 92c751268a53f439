"""Units as people write them: by code, by name, by the short name in use; and what looks like a unit though none is called so."""

import re
import unicodedata

from records.bureau.roster import Roster

_LOOKS = re.compile(r"[A-Z]{2,8}|(?!.*\d)[^\s，。；、（）《》“”]{1,10}(?:局|队|处|科|室|所|部|委|厅|院|站|中心|单位|部门|公司)")
_NO_UNIT = frozenset({"全部", "内部", "外部", "局部", "干部", "格局", "全局", "好处", "用处", "场所", "住所"})


def unit_called(text: str, roster: Roster) -> str:
    """Return the id of the one unit that a text can mean, empty where there is none or where it could be several.

    A short name begins as the name does and keeps its characters in their order: 七里河, 警保处, 食药环侦支队; or it is the name's end.
    """
    key = unicodedata.normalize("NFKC", text).strip()
    if key.upper() in roster.units:
        return key.upper()
    for prefix in (roster.bureau.name, roster.bureau_name):
        key = key.removeprefix(prefix)
    exact = [unit.id for unit in roster.units.values() if key in (unit.name, unit.full_name)]
    found = exact or [unit.id for unit in roster.units.values() if _shortens(key, unit.name)]
    return found[0] if len(found) == 1 else ""


def looks_like_unit(text: str) -> bool:
    """Say whether a text is written as the name of a unit is, so that one who means none is to be asked."""
    key = unicodedata.normalize("NFKC", text).strip()
    return bool(_LOOKS.fullmatch(key)) and key not in _NO_UNIT


def _shortens(key: str, name: str) -> bool:
    if len(key) < 2:
        return False
    rest = iter(name)
    return (name.startswith(key[0]) and all(char in rest for char in key)) or (len(key) > 2 and name.endswith(key))
