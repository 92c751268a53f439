"""Which key is which person: what is enrolled, what is refused, and that nothing comes in by what is closed, broken or another's (S6)."""

import base64
import subprocess
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.acts import Refusal
from records.bureau.entrances import Entrance, Entrances
from records.keys.authorized_keys import lines
from records.keys.closed import ClosedError
from records.keys.keys import Keys
from records.keys.public_key import public_key
from records.store.record_files import emit
from records.store.repository import Repository
from records.store.store import Ident, StoreError
from tests.bureau import at

NOW = at("2026-11-23T10:30")
REGISTER = "a" * 40


def blob(*parts: bytes) -> str:
    return base64.b64encode(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).decode()


def number(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def rsa(bits: int, exponent: int = 65537) -> str:
    return "ssh-rsa " + blob(b"ssh-rsa", number(exponent), number((1 << (bits - 1)) + 1))


def ed25519(seed: int = 1) -> str:
    return "ssh-ed25519 " + blob(b"ssh-ed25519", bytes([seed]) * 32)


P256 = "ecdsa-sha2-nistp256 " + blob(b"ecdsa-sha2-nistp256", b"nistp256", b"\4" + b"x" * 64)
P384 = "ecdsa-sha2-nistp384 " + blob(b"ecdsa-sha2-nistp384", b"nistp384", b"\4" + b"x" * 96)
SK = "sk-ssh-ed25519@openssh.com " + blob(b"sk-ssh-ed25519@openssh.com", b"k" * 32, b"ssh:")
SK256 = "sk-ecdsa-sha2-nistp256@openssh.com " + blob(b"sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", b"\4" + b"x" * 64, b"ssh:")


@pytest.mark.parametrize("key", [ed25519(), rsa(3072), rsa(16384), P256, P384, SK, SK256])
@pytest.mark.parametrize("comment", ["", " shao@pc", ' 邵 拟行,command="sh"', "\r\n", " x\n"])
def test_a_good_key_is_taken_without_what_rides_along(key: str, comment: str) -> None:
    assert public_key(key + comment) == key


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "选项"),
        (f"{ed25519()}\n{ed25519(2)}", "换行"),
        (f'{ed25519()} x\ncommand="sh" {ed25519(2)}', "换行"),
        (f"{ed25519()} x\ry", "换行"),
        (f"{ed25519()} \x1b]0;x\x07", "控制字符"),
        (f'command="sh" {ed25519()}', "选项"),
        (f"restrict,pty {ed25519()}", "选项"),
        (f" {ed25519()}", "选项"),
        ("ssh-ed25519-cert-v01@openssh.com " + blob(b"ssh-ed25519-cert-v01@openssh.com", b"x"), "证书"),
        ("ecdsa-sha2-nistp521 " + blob(b"ecdsa-sha2-nistp521", b"nistp521", b"\4" + b"x" * 132), "不安全"),
        ("ssh-dss " + blob(b"ssh-dss", b"p", b"q", b"g", b"y"), "不安全"),
        ("ssh-foo " + blob(b"ssh-foo"), "可以登记的密钥类型"),
        (rsa(3071), "3071 位"),
        (rsa(1024), "1024 位"),
        (rsa(16385), "16385 位"),
        (rsa(3072, 3), "不是一把 RSA"),
        ("ssh-rsa " + blob(b"ssh-rsa", number(65537), number(1 << 3071)), "不是一把 RSA"),
        ("ssh-rsa " + blob(b"ssh-rsa", number(65537), b"\0" + number((1 << 3071) + 1)), "类型不符"),
        ("ssh-rsa " + blob(b"ssh-rsa", b"", number((1 << 3071) + 1)), "类型不符"),
        ("ssh-ed25519 " + blob(b"ssh-rsa", number(65537), number((1 << 3071) + 1)), "不完整"),
        ("ssh-ed25519 " + blob(b"ssh-rsa", b"x" * 32), "类型不符"),
        ("ssh-ed25519 " + blob(b"ssh-ed25519", b"x" * 31), "类型不符"),
        ("ssh-ed25519 " + blob(b"ssh-ed25519", b"x" * 32, b""), "不完整"),
        ("ssh-ed25519 " + ed25519().split()[1][:-4], "不完整"),
        ("ssh-ed25519 AAAA=AAA", "选项"),
        ("ecdsa-sha2-nistp256 " + blob(b"ecdsa-sha2-nistp256", b"nistp384", b"\4" + b"x" * 64), "类型不符"),
        ("ecdsa-sha2-nistp256 " + blob(b"ecdsa-sha2-nistp256", b"nistp256", b"\2" + b"x" * 64), "类型不符"),
        (SK.replace(blob(b"ssh:")[-4:], blob(b"ssh;")[-4:]), "硬件密钥"),
        ("sk-ssh-ed25519@openssh.com " + blob(b"sk-ssh-ed25519@openssh.com", b"k" * 32, b"http:"), "硬件密钥"),
        ("A" * 100_000, "一行公钥"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_any_other_is_refused(text: str, words: str) -> None:
    found = public_key(text)
    assert isinstance(found, Refusal)
    assert words in found.reason


@given(st.text(max_size=80) | st.binary(max_size=60).map(lambda data: "ssh-ed25519 " + base64.b64encode(data).decode()))
def test_whatever_is_handed_in_is_taken_or_refused(text: str) -> None:
    found = public_key(text)
    assert isinstance(found, Refusal) or public_key(found) == found


def who(day: datetime = NOW) -> Ident:
    return Ident("keys", "keys@keys", day)


def entrance(
    key: str | None = None, account: str | None = None, role: str = "staff", until: str = "2027-11-22", sources: tuple[str, ...] = ()
) -> Entrance:
    return Entrance(role, NOW.isoformat(), until, "某公信申〔2026〕3号", key, account, sources)


@pytest.fixture
def book(tmp_path: Path) -> Keys:
    return Keys.create(tmp_path / "keys", REGISTER, who())


def test_a_key_is_enrolled_and_revoked_and_each_is_a_commit_that_stock_git_shows(book: Keys) -> None:
    own = entrance(ed25519())
    assert "没有登记" in book.closed("JJ.liaison", own.name, "staff", NOW)
    assert isinstance(book.enrol("JJ.liaison", own, who()), str)
    assert book.closed("JJ.liaison", own.name, "staff", NOW) == ""
    assert "没有登记" in book.closed("L01", own.name, "staff", NOW)
    assert "不是用来克隆的" in book.closed("JJ.liaison", own.name, "inspector", NOW)
    assert isinstance(book.revoke("JJ.liaison", own.name, "丢失", who()), str)
    assert "停用" in book.closed("JJ.liaison", own.name, "staff", NOW)
    assert isinstance(book.revoke("JJ.liaison", own.name, "丢失", who()), Refusal)
    told = subprocess.run(["git", "-C", str(book.home), "log", "--format=%an %s"], capture_output=True, text=True, check=True).stdout
    assert [line.split()[1] for line in told.splitlines()] == ["停用入口", "登记入口", "建立入口登记簿"]
    assert Keys(book.home).register == REGISTER


def test_an_entrance_is_open_to_its_last_day(book: Keys) -> None:
    own = entrance(ed25519(), until="2026-11-30")
    book.enrol("L01", own, who())
    assert book.closed("L01", own.name, "staff", at("2026-11-30T23:59")) == ""
    assert "届满" in book.closed("L01", own.name, "staff", at("2026-12-01T00:00"))
    assert "还没有" in book.closed("L01", own.name, "staff", NOW - timedelta(seconds=1))
    assert [each for each, _ in book.open(at("2026-11-30T23:59"), "staff")] == ["L01"]
    assert list(book.open(at("2026-12-01T00:00"), "staff")) == []
    again = entrance(ed25519())
    assert isinstance(book.enrol("L01", again, who(at("2026-12-01T09:00"))), str)
    assert book.closed("L01", own.name, "staff", at("2026-12-01T09:00")) == ""


def test_an_entrance_is_warned_of_in_its_last_thirty_days_unless_another_lasts_longer(book: Keys) -> None:
    own = entrance(ed25519(), until="2027-01-05")
    book.enrol("L01", own, who())
    assert book.days_left("L01", own.name, "staff", at("2026-12-06T09:00")) is None
    assert list(book.ending(at("2026-12-06T09:00"))) == []
    for day, left in (("2026-12-07", 29), ("2027-01-05", 0)):
        assert book.days_left("L01", own.name, "staff", at(f"{day}T09:00")) == left
        assert [(person, each.until) for person, each in book.ending(at(f"{day}T09:00"))] == [("L01", "2027-01-05")]
    assert list(book.ending(at("2027-01-06T09:00"))) == []  # closed: that is told where he comes in
    book.enrol("L01", entrance(ed25519(2), until="2028-01-05"), who(at("2026-12-08T09:00")))
    assert list(book.ending(at("2026-12-09T09:00"))) == []
    assert book.days_left("L01", own.name, "staff", at("2026-12-09T09:00")) == 27  # by this one he comes in no longer then


@pytest.mark.parametrize("given", [{"key": ed25519()}, {"account": "zhang"}])
def test_a_key_and_an_account_are_one_persons_for_ever(book: Keys, given: dict[str, str]) -> None:
    assert isinstance(book.enrol("L01", entrance(**given), who()), str)  # type: ignore[arg-type]
    head = book.head()
    for person, role, words in (("L02", "staff", "已经是 L01"), ("L01", "staff", "已经登记"), ("L01", "inspector", "已经登记")):
        found = book.enrol(person, entrance(**given, role=role), who())  # type: ignore[arg-type]
        assert isinstance(found, Refusal)
        assert words in found.reason
    assert book.head() == head
    book.revoke("L01", "", "离职", who())
    assert isinstance(book.enrol("L02", entrance(**given), who()), Refusal)  # type: ignore[arg-type]
    assert isinstance(book.enrol("L01", entrance(**given), who()), Refusal if "key" in given else str)  # type: ignore[arg-type]


def test_an_account_is_one_persons_and_one_that_two_hold_lets_nobody_in(book: Keys) -> None:
    assert isinstance(book.enrol("L01", entrance(account="zhang"), who()), str)
    assert book.whose("zhang") == "L01"
    with pytest.raises(ClosedError, match="没有登记是谁"):
        book.whose("li")
    for more in ({"role": "inspector"}, {"sources": ("10.8.0.0/16",)}):
        found = book.enrol("L01", entrance(account="li", **more), who())
        assert isinstance(found, Refusal)
        assert "只能用来办理" in found.reason
    book.revoke("L01", "zhang", "离职", who())
    assert book.whose("zhang") == "L01"  # so that he is told that it was revoked
    taken = Entrances("L02", (entrance(account="zhang"),))
    with Repository(book.home / "keys.git").writing() as transaction:  # as no enrolment would
        transaction.commit({"people/L02.yaml": emit(taken)}, author=who(), committer=who(), message="x")
    with pytest.raises(ClosedError, match="不止一个人"):
        book.whose("zhang")


def test_what_a_record_may_not_hold_is_refused_and_nothing_is_written(book: Keys) -> None:
    head = book.head()
    wrong: Sequence[tuple[str, Entrance]] = (
        ("../x", entrance(ed25519())),
        ("L01\n", entrance(ed25519())),
        ("L01", entrance(account="Root; id")),
        ("L01", entrance()),
        ("L01", entrance(ed25519(), "zhang")),
        ("L01", entrance(ed25519() + " comment")),
        ("L01", entrance("ssh-dss AAAA")),
        ("L01", entrance(ed25519(), until="soon")),
        ("L01", entrance(ed25519(), sources=('10.0.0.0/8",command="sh',))),
        ("L01", entrance(ed25519(), role="admin")),
    )
    for person, each in wrong:
        assert isinstance(book.enrol(person, each, who()), Refusal)
    assert book.head() == head


def test_a_broken_record_lets_nobody_in(book: Keys) -> None:
    own = entrance(ed25519())
    book.enrol("L01", own, who())
    for text in (b"person: L01\n", b"person: L02\n" + book._store.read("people/L01.yaml", book.head()).partition(b"\n")[2]):  # type: ignore[union-attr]
        with book._store.writing() as transaction:
            transaction.commit({"people/L01.yaml": text}, author=who(), committer=who(), message="x")
        with pytest.raises(StoreError, match="不能采用"):
            book.closed("L01", own.name, "staff", NOW)
    with pytest.raises(StoreError):
        Keys(book.home / "nowhere")


def test_the_list_for_sshd_names_person_and_key_and_takes_everything_else_away(book: Keys) -> None:
    book.enrol("L01", entrance(ed25519(1), until="2026-12-31", sources=("10.8.0.0/16", "fd00::/8")), who())
    book.enrol("JJ.liaison", entrance(P256), who())
    book.enrol("L02", entrance(account="zhang"), who())
    book.enrol("DC.auditor", entrance(ed25519(3), role="inspector"), who())
    program = ["/opt/duban/bin/duban", "--register", "/srv/du ban", "serve"]
    told = list(lines(book.open(NOW, "staff"), program))
    assert len(told) == 2
    name = entrance(ed25519(1)).name
    assert told[1] == (
        'restrict,pty,expiry-time="20270101",from="10.8.0.0/16,fd00::/8",'
        f"command=\"/opt/duban/bin/duban --register '/srv/du ban' serve --as L01 --key {name} --role staff\" {ed25519(1)}"
    )
    only = list(lines(book.open(NOW, "inspector"), program))
    assert [line.startswith("restrict,expiry-time=") for line in only] == [True]
    for path in ('/opt/"x', "/opt/\\x", "/opt/督办", "/opt/x\ny"):
        with pytest.raises(StoreError):
            list(lines(book.open(NOW, "staff"), [path]))
