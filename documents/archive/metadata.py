"""The metadata of a package: under the names of DA/T 46—2009 what that standard has a name for, under 本系统 what only this program means.

What the program cannot know (全宗号, 档号, 保管期限 …) is named as still to be written by the archive and not made up.
"""

from collections.abc import Iterable, Mapping, Sequence

from documents.archive.papers import ATTACHMENTS, Paper
from documents.forms.terms import label, unit_text
from records.bureau.roster import SYSTEM, Roster, role_label
from records.matter.item import Item
from records.matter.stamps import stamps
from records.store import receipt
from records.store.record_history import RecordHistory
from schema.tables import acts

FORMAT = "1"
OWN, MISSING, ORIGINS = "本系统", "缺失", "提交"
_ABOUT = "键名凡 DA/T 46—2009《文书类电子文件元数据方案》有的，用其元素名称；“本系统”以下是本程序自有的项。"
_TO_BE_WRITTEN = ["全宗号", "档号", "保管期限", "室编件号"]
_FORMATS = {
    "docx": "OOXML 文字处理文档（.docx）",
    "pdf": "PDF/A-2b（未经独立校验器校验）",
    "yaml": "YAML 文本，UTF-8",
    "txt": "纯文本，UTF-8",
    "bundle": "Git bundle 第2版",
    "pack": "Git 对象包第2版",
}

Data = dict[str, object]


def item_metadata(
    item: Item, history: RecordHistory, papers: Sequence[Paper], head: str, year: str, roster: Roster, layout: int, sizes: Mapping[str, int]
) -> Data:
    """Return the metadata of an item's package.

    Args:
        item: its record as it stands.
        history: the history of the record.
        papers: its papers, in the order of the index.
        head: the commit of the register at which it was packed.
        year: in which it came to its end.
        roster: everybody, as of ``head``.
        layout: version of the layout of the documents.
        sizes: bytes of each file of the package but the lists of hashes and the metadata themselves.
    """
    own: Data = {
        "格式": FORMAT,
        "依据登记簿提交": head,
        MISSING: [{"文件": each.name, "摘要": each.hash, "原因": each.missing} for each in papers if each.missing],
    }
    return _full(
        {
            "说明": _ABOUT,
            "文件实体": _file_entity(item, year, roster, layout),
            "电子文件": [_file(name, size, papers) for name, size in sorted(sizes.items())],
            "机构人员实体": list(_people(item, roster)),
            "业务实体": list(_business(history, roster)),
            "待档案部门填写": _TO_BE_WRITTEN,
            OWN: own,
        }
    )


def year_metadata(bureau: str, year: str, head: str, count: int, left: Iterable[tuple[str, str]], hidden: int) -> Data:
    """Return the metadata of a year's package.

    Args:
        bureau: whose it is.
        year: in which what is in it came to its end.
        head: the commit of the register at which it was packed.
        count: how many items are in it.
        left: the items that are not, each with the reason.
        hidden: how many more the archivist may not see.
    """
    own: Data = {
        "格式": FORMAT,
        "依据登记簿提交": head,
        "未装入": [{"电子文件号": item, "原因": reason} for item, reason in left],
        "不在装包人知悉范围的件数": str(hidden),
    }
    entity: Data = {"立档单位名称": bureau, "年度": year, "题名": f"{year}年度办结的督办事项", "件数": str(count)}
    return _full({"说明": _ABOUT, "文件实体": entity, "待档案部门填写": _TO_BE_WRITTEN, OWN: own})


def _file_entity(item: Item, year: str, roster: Roster, layout: int) -> Data:
    outgoing, secret = item.outgoing, item.secrecy.level != "none"
    ended = item.archived or item.concluded or item.closed or item.registered
    return {
        "立档单位名称": roster.bureau.name,
        "电子文件号": item.id,
        "年度": year,
        "题名": item.title,
        "责任者": roster.bureau.name,
        "文件编号": (outgoing and outgoing.number) or "",
        "日期": ended.at[:10],
        "文种": label("outgoing", "kind", value=outgoing.kind) if outgoing else "",
        "紧急程度": label("urgency", value=item.urgency),
        "主送": (outgoing and outgoing.to) or "",
        "抄送": list(outgoing.copy_to) if outgoing else [],
        "密级": label("secrecy", "level", value=item.secrecy.level),
        "保密期限": f"{item.secrecy.years}年" if secret and item.secrecy.years else "",
        "语种": "汉语",
        "文档创建程序": f"duban（版式第{layout}版）",
        "信息系统描述": "督办登记簿：每一步办理是 Git 仓库里的一笔提交，记录是 YAML 文本。",
        "授权对象": [roster.described(person) for person in item.need_to_know],
    }


def _file(name: str, size: int, papers: Sequence[Paper]) -> Data:
    of = next((each for each in papers if name in each.files), None)
    ending = name.rpartition(".")[2]
    return {
        "计算机文件名": name,
        "计算机文件大小": str(size),
        "格式信息": f"扫描件（.{ending}）" if name.startswith(ATTACHMENTS) else _FORMATS[ending],
        "题名": of.title if of else "",
        "责任者": of.organ if of else "",
        "文件编号": of.number if of else "",
        "日期": of.day if of else "",
        "页数": str(of.pages) if of and of.pages and name.endswith(".pdf") else "",
        "登记摘要": of.hash if of and name == of.name else "",
        "附注": of.note if of else "",
    }


def _people(item: Item, roster: Roster) -> Iterable[Data]:
    known = {(each.by, each.on_behalf_of, each.entered_by) for each in stamps(item)}
    named = {person for people in known for person in people if person and person != SYSTEM}
    for person in sorted(named | set(item.need_to_know)):
        found, unit = roster.people.get(person), roster.unit_of(person)
        yield _full(
            {
                "编号": person,
                "机构人员名称": roster.name(person),
                "个人职位": found.title if found else "",
                "所在单位": unit_text(roster, unit) if unit else "",
            }
        )
    for unit in sorted({part.unit for part in item.units}):
        yield {"编号": unit, "机构人员名称": unit_text(roster, unit)}


def _business(history: RecordHistory, roster: Roster) -> Iterable[Data]:
    for step in history.steps:
        told, who = receipt.trailers(step.commit.message), step.commit.author
        spec = acts().get(told.get("Duban-Act", ""))
        yield _full(
            {
                "业务行为": spec.label if spec else told.get("Duban-Act", ""),
                "行为时间": who.time.isoformat(),
                "行为依据": told.get("Duban-Clause", ""),
                "行为描述": step.commit.message.partition("\n")[0],
                "机构人员名称": who.name,
                "个人职位": role_label(told["Duban-Role"]) if "Duban-Role" in told else "",
                "所在单位": unit_text(roster, told["Duban-Unit"]) if "Duban-Unit" in told else "",
                "代": told.get("Duban-On-Behalf-Of", ""),
                ORIGINS: step.commit.id,
            }
        )


def _full(data: Data) -> Data:
    """Return what is not empty of a mapping, and of those in its lists."""
    return {key: kept for key, value in data.items() if (kept := _filled(value)) not in ("", [], {})}


def _filled(value: object) -> object:
    if isinstance(value, dict):
        return _full(value)
    return [_filled(each) for each in value] if isinstance(value, list) else value
