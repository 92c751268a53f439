"""Archive packages: what is in one, what stock tools say of it, and that no tampering passes, sealed anew or not."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from documents.archive import containers, sums
from documents.archive.packing import Packing, pack_item, pack_year
from documents.archive.verification import Verified, verify
from documents.layout.profile import standard
from records.bureau.roster import SYSTEM
from records.matter.digests import digests
from records.matter.item import Item
from records.matter.outgoing import IssuedDocument
from records.matter.stamps import Remark
from records.register.register import Receipt, Register
from records.store import receipt
from records.store.paths import item_path
from records.store.record_files import emit
from records.store.store import StoreError
from schema.problem import Problem
from schema.yaml_text import read
from tests.bureau import at
from tests.planting import store_of

ITEM = "DB-2026-0118"
SMALL = "DB-2026-0043"  # fewer documents
MERGED = "DB-2026-0073"  # fewer still
SPECIAL = f"documents/{ITEM}-special.docx"
PDF = b"%PDF-1.4 startxref 0 %%EOF"


class Files(dict[str, bytes]):
    """A package in memory: written like any other, read like any other."""

    problems: tuple[Problem, ...] = ()

    def put(self, name: str, data: bytes) -> None:
        assert name not in self
        self[name] = data

    @property
    def files(self) -> dict[str, int]:
        return {name: len(data) for name, data in self.items()}

    def read(self, name: str) -> bytes:
        return self[name]

    def sealed(self) -> "Files":
        """Return it as somebody would leave it who knows how hashes are listed."""
        inner = Files({name: data for name, data in self.items() if name not in (sums.SM3, sums.SHA256)})
        inner[sums.SM3] = sums.listed({name: digests(data).sm3 for name, data in inner.items()})
        inner[sums.SHA256] = sums.listed({name: digests(data).sha256 for name, data in inner.items()})
        return inner


def hash_of(data: bytes) -> str:
    return f"sha256:{digests(data).sha256}"


def packed(register: Register, item: str = ITEM) -> Files:
    found, files = register.view().item(item), Files()
    assert found is not None
    pack_item(Packing(register, register.head() or "", standard(), None), found, files)
    return files


def checked(files: Files) -> Verified:
    return verify(files, lambda done, total: None)


@pytest.fixture(scope="module")
def register(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Register:
    """A demo register in which the hash of a document is on record; read it, never write to it."""
    home = tmp_path_factory.mktemp("archive") / "register"
    shutil.copytree(demo_home, home)
    register = Register(home)
    told = {"name": SPECIAL.rpartition("/")[2], "hash": hash_of(packed(register)[SPECIAL]), "layout": standard().version}
    assert isinstance(register.act("record_document", ITEM, SYSTEM, told, at("2026-11-24T09:00")), Receipt)
    return register


@pytest.fixture(scope="module")
def whole(register: Register) -> Files:
    """The package of one item, made once; read it, never write to it."""
    return packed(register)


@pytest.fixture
def files(whole: Files) -> Files:
    return Files(whole)


def plant(register: Register, item: Item, told: str = "Duban-Act: amend") -> None:
    """Put a record there by hand, as no act would."""
    who = receipt.service(register.view().roster.bureau, register.describe(register.head() or "").author.time)
    message = f"改\n\n{told}\nDuban-Item: {item.id}\n"
    with store_of(register).writing() as transaction:
        transaction.commit({item_path(item.id): emit(item)}, author=who, committer=who, message=message)


def test_a_package_is_sound_and_holds_record_history_proof_documents_and_lists(whole: Files) -> None:
    found = checked(whole)
    assert found.problems == []
    assert found.items == [ITEM]
    assert len(found.commits[ITEM]) == 41
    stems = ("notice-1", "notice-2", "notice-3", "receipts", "aggregate", "report", "report-2", "report-3", "special")
    documents = {f"documents/{ITEM}-{stem}.docx" for stem in stems}
    others = {"README.txt", "SHA256SUMS", "SM3SUMS", "metadata.yaml", "record.yaml", "record.txt", "history.bundle", "proof.pack"}
    assert whole.keys() == documents | others | {"policy.yaml", "contents.docx", "contents.txt"}


def test_the_same_register_gives_the_same_package(register: Register, whole: Files) -> None:
    assert packed(register) == whole


def test_metadata_and_index_say_what_is_there_in_the_archives_words(whole: Files) -> None:
    told = read(whole["metadata.yaml"]).data
    assert told
    entity = told["文件实体"]
    assert isinstance(entity, dict)
    assert entity["电子文件号"] == ITEM
    assert entity["文件编号"] == "兰公办〔2026〕14号"
    assert entity["密级"] == "无"
    assert told["待档案部门填写"] == ["全宗号", "档号", "保管期限", "室编件号"]
    listed = told["电子文件"]
    assert isinstance(listed, list)
    names = {each["计算机文件名"] for each in listed}
    assert names == whole.keys() - {"SHA256SUMS", "SM3SUMS", "metadata.yaml"}
    text = whole["contents.txt"].decode()
    assert "文号 兰公办〔2026〕14号  责任者 兰州市公安局  日期 20260907" in text
    assert text.endswith("以上共9件。\n")
    assert "主要领导：孙拟谨 交通警察支队支队长（JJ.main_leader）" in whole["record.txt"].decode()


def test_the_history_names_nothing_of_any_other_matter(whole: Files, demo_home: Path) -> None:
    others = {item.id: item.title for item in Register(demo_home).view().all_items() if item.id != ITEM}
    for name in ("history.bundle", "proof.pack", "metadata.yaml", "record.txt"):
        text = whole[name].decode(errors="replace")
        assert [title for title in others.values() if title in text] == [], name
    assert not re.search(r"DB-2026-0(?!118)", whole["history.bundle"].decode(errors="replace"))


def test_the_readme_is_a_script_that_stock_tools_run(whole: Files, register: Register, tmp_path: Path) -> None:
    home = tmp_path / "package"
    for name, data in whole.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(data)
    script = "\n".join(line[4:] for line in whole["README.txt"].decode().splitlines() if line.startswith("    "))
    script = f"set -eu\n{script}"
    environment = {**os.environ, "REGISTER": str(register.home), "GIT_CONFIG_GLOBAL": "/dev/null", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["bash", "-c", script], cwd=home, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for words in ("SHA-256 相符", "无增减", "记录与经过一致", "在登记簿的历史里"):
        assert words in done.stdout, done.stdout + done.stderr
    assert "不符" not in done.stdout


def _flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def _altered(name: str, old: str, new: str) -> Callable[[Files], None]:
    def alter(files: Files) -> None:
        assert old.encode() in files[name]
        files[name] = files[name].replace(old.encode(), new.encode(), 1)

    return alter


def _set(name: str, make: Callable[[Files], bytes]) -> Callable[[Files], None]:
    return lambda files: files.__setitem__(name, make(files))


OPEN_TAMPERING: dict[str, tuple[Callable[[Files], object], str, str]] = {
    "a document altered": (_set(SPECIAL, lambda files: _flipped(files[SPECIAL])), SPECIAL, "内容与 SHA256SUMS 里的摘要不符"),
    "the same by SM3": (_set(SPECIAL, lambda files: _flipped(files[SPECIAL])), SPECIAL, "内容与 SM3SUMS 里的摘要不符"),
    "a document taken out": (lambda files: files.pop(SPECIAL), SPECIAL, "列了这个文件，包里没有"),
    "a file put beside": (_set("documents/x.docx", lambda files: b""), "documents/x.docx", "没有列出这个文件"),
    "the list taken out": (lambda files: files.pop("SHA256SUMS"), "SHA256SUMS", "没有这个清单"),
    "the list cut off": (_set("SHA256SUMS", lambda files: files["SHA256SUMS"][:-9]), "SHA256SUMS", "可能被截断"),
    "the list twice": (_set("SHA256SUMS", lambda files: files["SHA256SUMS"] * 2), "SHA256SUMS", "与前面重复"),
    "a list that leads out": (
        _set("SHA256SUMS", lambda files: files["SHA256SUMS"] + b"0" * 64 + b"  ../../etc/passwd\n"),
        "SHA256SUMS",
        "文件名不合规",
    ),
    "the record taken out": (lambda files: files.pop("record.yaml"), "record.yaml", "包里没有一个事项"),
}


@pytest.mark.parametrize("what", OPEN_TAMPERING)
def test_what_was_altered_is_named_by_its_file(files: Files, what: str) -> None:
    alter, name, words = OPEN_TAMPERING[what]
    alter(files)
    assert any(words in problem.reason and problem.file == name for problem in checked(files).problems)


SEALED_TAMPERING: dict[str, tuple[Callable[[Files], object], str, str]] = {
    "the record": (_altered("record.yaml", "特急。", "不急。"), "record.yaml", "与 history.bundle 里最后一笔提交的记录不同"),
    "the record is none": (_set("record.yaml", lambda files: b"id: 1\n"), "record.yaml", "记录读不出"),
    "a document": (_set(SPECIAL, lambda files: _flipped(files[SPECIAL])), SPECIAL, "与记录里登记的公文摘要不符"),
    "a document left out": (lambda files: files.pop(SPECIAL), SPECIAL, "也没有列为缺失"),
    "a document of another": (
        _set("documents/DB-2026-0001-special.docx", lambda files: b""),
        "documents/DB-2026-0001-special.docx",
        "不是",
    ),
    "a PDF of nothing": (_set(f"documents/{ITEM}-x.pdf", lambda files: PDF), f"documents/{ITEM}-x.pdf", "没有与它同名的 .docx"),
    "a program": (_set("run.sh", lambda files: b""), "run.sh", "不应有这个文件"),
    "a scan of nothing": (_set(f"attachments/{'0' * 64}.pdf", lambda files: PDF), f"attachments/{'0' * 64}.pdf", "记录里没有这个扫描件"),
    "the history cut off": (_set("history.bundle", lambda files: files["history.bundle"][:-30]), "history.bundle", "校验和不符"),
    "no bundle at all": (_set("history.bundle", lambda files: b"x"), "history.bundle", "不是本程序写的 Git bundle"),
    "the proof of another": (_set("proof.pack", lambda files: files["history.bundle"].partition(b"\n\n")[2]), "history.bundle", "缺少对象"),
    "other rules": (_altered("policy.yaml", "version", "Version"), "policy.yaml", "不是记录所依的那一版"),
    "another title": (_altered("metadata.yaml", "题名: 省领导", "题名: 市领导"), "metadata.yaml", "“题名”与记录不同"),
    "a step left out": (_altered("metadata.yaml", "    提交: ", "    未提交: "), "metadata.yaml", "各笔提交与经过不同"),
    "no metadata": (lambda files: files.pop("metadata.yaml"), "metadata.yaml", "缺少这个文件"),
}


@pytest.mark.parametrize("what", SEALED_TAMPERING)
def test_what_was_altered_and_listed_anew_disagrees_with_the_rest(files: Files, what: str) -> None:
    alter, name, words = SEALED_TAMPERING[what]
    alter(files)
    assert any(words in problem.reason and problem.file == name for problem in checked(files.sealed()).problems)


def test_a_history_rewritten_by_stock_git_is_not_that_of_its_proof(files: Files, tmp_path: Path) -> None:
    (tmp_path / "old.bundle").write_bytes(files["history.bundle"])
    forge = (
        "git clone -q old.bundle forged && cd forged && git config user.name a && git config user.email a@b"
        " && git commit -q --amend --no-edit --author 'b <JJ.liaison@lzga>'"
        " && git -c pack.depth=0 bundle create -q ../new.bundle main HEAD"
    )
    subprocess.run(["bash", "-c", forge], cwd=tmp_path, check=True, capture_output=True)
    files["history.bundle"] = (tmp_path / "new.bundle").read_bytes()
    assert [problem.file for problem in checked(files.sealed()).problems] == ["history.bundle"]


def test_a_text_changed_behind_a_signature_shows_in_the_history(demo: Register) -> None:
    item = demo.view().item(SMALL)
    assert item is not None
    assert item.report is not None
    plant(demo, replace(item, report=replace(item.report, body="另一份报告。")))
    told = [str(problem) for problem in checked(packed(demo, SMALL)).problems]
    assert any("report.rounds[-1].consented 的签字不是对其中的文本签的" in each for each in told)
    assert any("文本与本轮的文本校验码不符" in each for each in told)


def test_scans_go_in_and_those_that_are_missing_are_listed(demo: Register) -> None:
    item = demo.view().item(MERGED)
    assert item is not None
    plant(demo, replace(item, source=replace(item.source, original=hash_of(PDF))))
    plant(demo, replace(item, leader_shown=Remark("L06", "2026-09-30T09:00:00+08:00", entered_by="BGS.clerk1", scan=hash_of(b"gone"))))
    path = demo.attachments.path(hash_of(PDF).removeprefix("sha256:"))
    path.parent.mkdir(parents=True)
    path.write_bytes(PDF)
    files = packed(demo, MERGED)
    found = checked(files)
    assert found.problems == []
    assert files[f"attachments/{path.name}.pdf"] == PDF
    missing = f"attachments/{digests(b'gone').sha256}"
    assert [notice for notice in found.notices if notice.startswith(f"{missing}：装包时已缺失")]
    assert "缺失 1 件" in files["README.txt"].decode()
    assert f"{missing}  孔拟恒录入  缺失：登记簿旁没有这个扫描件" in files["contents.txt"].decode()
    path.write_bytes(PDF + b" ")
    assert "与记录的摘要不符" in packed(demo, MERGED)["contents.txt"].decode()


def test_a_document_of_an_older_layout_that_is_lost_is_listed_and_not_made_again(demo: Register) -> None:
    item = demo.view().item(SMALL)
    assert item is not None
    known = IssuedDocument(by=SYSTEM, at="2026-09-30T09:00:00+08:00", name=f"{SMALL}-report.docx", hash=hash_of(b"lost"), layout=1)
    plant(demo, replace(item, documents=(known,)))
    files = packed(demo, SMALL)
    assert f"documents/{SMALL}-report.docx" not in files
    assert checked(files).problems == []
    assert "请从备份恢复" in files["contents.txt"].decode()


def test_a_year_is_a_package_of_packages(demo_home: Path) -> None:
    register, files, told = Register(demo_home), Files(), []
    items = [item for item in map(register.view().item, (SMALL, MERGED)) if item is not None]
    own = Packing(register, register.head() or "", standard(), None)
    done = pack_year(own, "2026", items, [("DB-2026-0300", "已定密。")], 1, files, lambda now, every: told.append((now, every)))
    assert told == [(0, 2), (1, 2), (2, 2)]
    found = checked(files)
    assert (found.problems, found.items) == ([], [item.id for item in items])
    assert done.sha256 == found.sha256
    assert "没有装入 DB-2026-0300：已定密。" in files["README.txt"].decode()
    assert "另有 1 件不在装包人的知悉范围" in files["README.txt"].decode()
    top = f"items/{items[0].id}/"
    alone = Files({name.removeprefix(top): data for name, data in files.items() if name.startswith(top)})
    assert checked(alone).problems == []
    moved = Files({name.replace(items[0].id + "/", "DB-2026-9999/"): data for name, data in files.items()})
    assert any("不该在这个目录里" in problem.reason for problem in checked(moved.sealed()).problems)
    files["items/x"] = b""
    assert checked(files).problems


def test_a_year_is_that_in_which_a_matter_came_to_its_end(demo_home: Path) -> None:
    view = Register(demo_home).view()
    item = view.item(ITEM)
    assert item is not None
    assert item.concluded is not None
    assert replace(item, concluded=replace(item.concluded, at="2027-01-04T09:00:00+08:00")).over_at[:4] == "2027"


@pytest.fixture
def folder(whole: Files, tmp_path: Path) -> Path:
    place = tmp_path / "out" / ITEM
    with containers.folder(place) as writer:
        for name, data in whole.items():
            writer.put(name, data)
    return place


@pytest.fixture
def tar(whole: Files, tmp_path: Path) -> Path:
    place = tmp_path / "out" / f"{ITEM}.tar"
    with containers.tar(place, ITEM, 0) as writer:
        for name, data in whole.items():
            writer.put(name, data)
    return place


def test_folder_and_tar_hold_the_same_and_stock_tar_reads_it(whole: Files, folder: Path, tar: Path, tmp_path: Path) -> None:
    for place in (folder, tar):
        with containers.opened(place) as package:
            assert verify(package, lambda done, total: None) == checked(whole)
    subprocess.run(["tar", "xf", tar, "-C", tmp_path], check=True)
    assert subprocess.run(["diff", "-r", tmp_path / ITEM, folder], check=False).returncode == 0


def test_nothing_is_overwritten_and_nothing_half_is_left(folder: Path, tar: Path) -> None:
    for place, write in ((folder, containers.folder(folder)), (tar, containers.tar(tar, ITEM, 0))):
        with pytest.raises(StoreError, match="没有覆盖"), write:
            pass
        assert place.exists()
    other, left = folder.with_name("other"), folder.with_name(".other.part")
    left.mkdir()  # by a run that was killed
    (left / "half").touch()
    with pytest.raises(TypeError), containers.folder(other) as writer:
        writer.put("README.txt", None)  # type: ignore[arg-type]  # whatever it is that goes wrong
    assert sorted(path.name for path in folder.parent.iterdir()) == [ITEM, f"{ITEM}.tar"]


def _member(name: str, kind: bytes = b"0", size: int = 0) -> bytes:
    head = bytearray(512)
    head[: len(name)] = name.encode()
    head[124:136] = b"%011o\0" % size
    head[156:157] = kind
    head[257:265] = b"ustar\x0000"
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def _hostile_folders(place: Path) -> Iterator[tuple[str, str]]:
    (place / "link").symlink_to("/etc/passwd")
    yield "link", "不是普通文件"
    (place / "outside").symlink_to("/etc", target_is_directory=True)
    yield "outside", "不是普通文件"
    os.mkfifo(place / "pipe")
    yield "pipe", "不是普通文件"
    (place / ".hidden").touch()
    yield ".hidden", "不应有这样的文件名"
    (place / "\x1b[2J").touch()
    yield "␛[2J", "不应有这样的文件名"
    with (place / "huge").open("wb") as file:
        file.truncate(1 << 40)
    yield "huge", "超过 128 MiB 的上限"
    (place / "record.txt").unlink()
    (place / "record.txt").symlink_to("record.yaml")
    yield "record.txt", "不是普通文件"


def test_in_a_hostile_folder_nothing_is_followed_waited_for_or_read_without_bound(folder: Path) -> None:
    expected = list(_hostile_folders(folder))
    with containers.opened(folder) as package:
        found = verify(package, lambda done, total: None)
    for name, words in expected:
        assert any(problem.file == name and words in problem.reason for problem in found.problems), name


@pytest.mark.parametrize(
    ("kind", "name"),
    [(b"1", f"{ITEM}/a"), (b"2", f"{ITEM}/a"), (b"3", f"{ITEM}/a"), (b"6", f"{ITEM}/a"), (b"x", f"{ITEM}/a"), (b"L", f"{ITEM}/a")]
    + [(b"0", name) for name in ("/etc/passwd", "../a", f"{ITEM}/../a", f"{ITEM}/./a", f"{ITEM}/SHA256SUMS", "other/a", f"{ITEM}/a\\b")],
)
def test_a_hostile_member_of_a_tar_is_named_and_not_read(tar: Path, kind: bytes, name: str) -> None:
    tar.write_bytes(_member(name, kind) + tar.read_bytes())
    with containers.opened(tar) as package:
        assert verify(package, lambda done, total: None).problems


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"x", bytes(4096), _member("a/b", size=1 << 32), _member("a/b", size=512), b"\x1f\x8b" + bytes(600), b"\xff" * 1024),
        *(_member("a/b")[:300], _member("a/b").replace(b"ustar", b"tar  ")),
    ],
)
def test_what_is_no_tar_of_a_package_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.tar").write_bytes(data)
    with pytest.raises(StoreError, match="档案包"), containers.opened(tmp_path / "a.tar"):
        pass
