"""每人一份待办摘要: what awaits one person, as a text that leaves the system for a telephone or a mailbox."""

from collections.abc import Sequence

from desk.inbox import Task
from records.bureau.roster import Person

_UNNAMED = "（限定知悉范围，名称请在系统里看）"


def digest(person: Person | None, tasks: Sequence[Task]) -> str:
    """Return the digest of a person, empty where nothing awaits him; a matter that only a few may know of has no name in it (D-19)."""
    if not tasks or person is None:
        return ""
    lines = [f"{person.name}同志：您有{len(tasks)}件督办待办。"]
    for n, task in enumerate(tasks, start=1):
        title = _UNNAMED if task.excerpt.need_to_know else task.excerpt.title
        lines.append(f"{n}. {task.label}：{task.excerpt.id} {title}（{task.light.words}）")
    return "\n".join(lines)
