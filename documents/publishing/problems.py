"""Why a document was not published, in words: what is wrong, where, and the way out."""

from documents.publishing.catalogue import Planned
from records.store.record_files import Unreadable
from schema.problem import Problem


def problems_of(broken: Unreadable, path: str) -> tuple[Problem, ...]:
    """Return what is wrong with a record that cannot be read."""
    return broken.problems or (Problem("登记簿缺少机关或局领导名册文件，请从备份恢复。", path),)


def unsigned(plan: Planned, path: str) -> Problem:
    """Say that the history holds no act that issued a document."""
    return Problem(f"{plan.name} 未发布：签发签名与历史中的签发不符，或历史中没有签发这一笔。请核查记录由谁改动。", path)


def lost(name: str, sha256: str, layout: int, now: int) -> str:
    """Say that an issued file is gone which this program cannot make again, why, and how to come by it.

    Args:
        name: of the document.
        sha256: of the file as it was issued.
        layout: version of the layout that made it.
        now: version of the layout of this program.
    """
    told = f"{name} 已经签发，公文目录里的文件却已丢失，或者与登记成文的摘要不同（{sha256[:16]}…）"
    way = "请从备份恢复，或者向收文单位取回原件，用 duban verify 核对后放回公文目录"
    if layout == now:
        return f"{told}，更换程序以后不能再生成与它相同的文件。{way}。"
    made = f"它按第{layout}版版式生成，本程序用第{now}版，重新生成的不是原件，没有拿来代替"
    return f"{told}。{made}。{way}；取不到的，用第{layout}版版式的程序生成。"
