"""A person's own signature: what is signed, what is taken of what is pasted, and what is refused with which reason (S12)."""

import base64
import hashlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from records.signatures.sshsig import NAMESPACE, SshSignature, Unfit, read, unarmoured, verified
from records.signatures.statement import OwnSignature, Statement, handed_in, own_signature
from tests.signing import STATEMENT, block

KINDS = [("ed25519",), ("ecdsa", "-b", "256"), ("ecdsa", "-b", "384"), ("rsa", "-b", "3072")]


def pasted(statement: Statement = STATEMENT, *kind: str, who: str = "leader") -> OwnSignature:
    found = handed_in(statement.text + block(who, statement.text, *kind))
    assert isinstance(found, OwnSignature)
    return found


def refused(text: str) -> str:
    found = handed_in(text)
    assert isinstance(found, Unfit)
    return found.reason


def test_the_statement_is_a_few_readable_lines_whose_form_never_changes() -> None:
    assert STATEMENT.text == (
        "督办签名（第1版）\n"
        f"登记簿：{'a' * 40}\n"
        "对象：DB-2026-0118\n"
        "办理：主要领导同意\n"
        "文本：办结报告（第1轮）\n"
        f"摘要：sha256:{'b' * 64}\n"
        "决定：同意\n"
        "意见：同意上报。 / 请抓紧。 / 另行报告。\n"
        f"基准提交：{'c' * 40}\n"
        "签名人：邵拟平（JJ.main_leader）\n"
        "时间：2026-09-05T16:00:00+08:00\n"
    )
    assert "签名人：甲（L03）\n代：乙（L04）\n时间" in replace(STATEMENT, person="甲（L03）", on_behalf_of="乙（L04）").text


def test_no_line_is_wider_than_a_terminal_and_no_words_begin_one() -> None:
    hostile = replace(STATEMENT, words=(("意见", "同意。" * 12 + "签名人：别人\n基准提交：" + "d" * 40),))
    lines = hostile.text.splitlines()
    assert max(sum(1 if sign.isascii() else 2 for sign in line) for line in lines) <= 78
    assert [line for line in lines if "签名人" in line] == ["  签名人：别人 / 基准提交：" + "d" * 40, "签名人：邵拟平（JJ.main_leader）"]
    assert lines[7].startswith("  ")
    assert "".join(line.removeprefix("  ") for line in lines[6:8]) == "意见：" + "同意。" * 12 + "签名人：别人 / 基准提交：" + "d" * 40
    found = handed_in(hostile.text + block("leader", hostile.text))
    assert isinstance(found, OwnSignature)
    assert (found.base, found.wrong(hostile)) == (STATEMENT.base, "")


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_what_ssh_keygen_makes_is_good_over_the_statement_and_over_no_other(kind: tuple[str, ...]) -> None:
    found = pasted(STATEMENT, *kind)
    assert found.wrong(STATEMENT) == ""
    assert "签的不是这一份声明" in found.wrong(replace(STATEMENT, target="DB-2026-0119"))
    assert own_signature(found.token) == found == handed_in(found.token)


@pytest.mark.parametrize("field", ["register", "target", "act", "document", "hash", "base", "person", "on_behalf_of", "at"])
def test_each_fact_of_the_statement_is_signed(field: str) -> None:
    other = replace(STATEMENT, **{field: "另一个"})  # type: ignore[arg-type]
    assert pasted().wrong(other)


def test_the_words_are_signed() -> None:
    assert pasted().wrong(replace(STATEMENT, words=(("决定", "不同意"), STATEMENT.words[1])))


def of_hardware(curve: bool, flags: int, application: bytes = b"ssh:") -> SshSignature:
    """A signature as a hardware key makes it (PROTOCOL.u2f); no such key is at hand."""

    def string(data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + data

    def number(value: int) -> bytes:
        return string(value.to_bytes(value.bit_length() // 8 + 1, "big"))

    kind = b"sk-ecdsa-sha2-nistp256@openssh.com" if curve else b"sk-ssh-ed25519@openssh.com"
    digest = hashlib.sha512(STATEMENT.text.encode()).digest()
    message = b"SSHSIG" + b"".join(string(each) for each in (NAMESPACE.encode(), b"", b"sha512", digest))
    counted = bytes([flags]) + (7).to_bytes(4, "big")
    signed = hashlib.sha256(application).digest() + counted + hashlib.sha256(message).digest()
    if curve:
        private = ec.derive_private_key(7, ec.SECP256R1())
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        key = b"".join(string(each) for each in (kind, b"nistp256", point, application))
        made = b"".join(number(each) for each in decode_dss_signature(private.sign(signed, ec.ECDSA(hashes.SHA256()))))
    else:
        own = Ed25519PrivateKey.from_private_bytes(bytes(32))
        key = b"".join(string(each) for each in (kind, own.public_key().public_bytes_raw(), application))
        made = own.sign(signed)
    signature = string(kind) + string(made) + counted
    blob = b"SSHSIG\0\0\0\1" + b"".join(string(each) for each in (key, NAMESPACE.encode(), b"", b"sha512", signature))
    found = read(blob)
    assert isinstance(found, SshSignature)
    return found


@pytest.mark.parametrize("curve", [False, True])
def test_a_hardware_key_counts_where_it_was_touched(curve: bool) -> None:
    assert verified(of_hardware(curve, 1), STATEMENT.text.encode())
    assert not verified(of_hardware(curve, 1), b"other")
    assert not verified(of_hardware(curve, 4), STATEMENT.text.encode())


def test_how_the_lines_of_the_block_are_broken_means_nothing() -> None:
    good, text = pasted(), STATEMENT.text + block("leader", STATEMENT.text)
    body = text.partition("督")[2].partition("-----BEGIN")
    for damaged in (
        text.replace("\n", "\r\n"),
        "".join((body[0], body[1], body[2].replace("\n", " "))),
        "".join((body[0], body[1], body[2].replace("\n", ""))),
        "".join((body[0], body[1], body[2].replace("\n", "\n\n  "))),
        f"\n\n{text}\n\n",
    ):
        assert handed_in(damaged) == good


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (lambda text: text.replace("\n", "\r\n").encode(), "CRLF"),
        (lambda text: text.rstrip("\n").encode(), "末行没有换行"),
        (lambda text: f"{text}\n".encode(), "末尾多了空行"),
        (lambda text: text.replace("\n", "").encode(), "换行都没有了"),
        (lambda text: b"\xef\xbb\xbf" + text.encode(), "BOM"),
        (lambda text: text.encode("gb18030"), "GBK"),
        (lambda text: text.replace("\n", "\r\n").encode("utf-16"), "UTF-16"),
        (lambda text: text.replace("：", ": ").encode(), "签的不是这一份声明"),
    ],
)
def test_a_statement_that_was_spoilt_on_the_way_is_refused_with_what_became_of_it(spoilt: object, words: str) -> None:
    assert callable(spoilt)
    found = handed_in(STATEMENT.text + block("leader", spoilt(STATEMENT.text)))
    assert isinstance(found, OwnSignature)
    assert words in found.wrong(STATEMENT)


def test_a_signature_for_another_use_is_refused_by_name() -> None:
    found = handed_in(STATEMENT.text + block("leader", STATEMENT.text, namespace="git"))
    assert isinstance(found, OwnSignature)
    assert "是 git，不是 duban-signoff@v1" in found.wrong(STATEMENT)


def test_what_is_no_whole_signature_is_refused_with_the_reason() -> None:
    text, made = STATEMENT.text, block("leader", STATEMENT.text)
    assert "不完整" in refused("同意。")
    assert "不完整" in refused(text + made.replace("-----END SSH SIGNATURE-----", ""))
    assert "只有一块" in refused(text + made + made)
    assert "缺了字" in refused(text + made.replace("U1NIU0lH", "1NIU0lH"))
    assert "没有声明" in refused(made)
    assert "不止一份" in refused(text + text + made)
    assert "太长" in refused("x" * 20_000)
    assert "被改动过" in refused(text + made.replace("\n-----END", "\nAAAA\n-----END").replace("=", ""))
    old = base64.b64encode(b"SSHSIG\0\0\0\2").decode()
    assert "不是 ssh-keygen" in refused(f"{text}-----BEGIN SSH SIGNATURE-----\n{old}\n-----END SSH SIGNATURE-----")


@pytest.mark.parametrize(
    ("kind", "words"),
    [(("rsa", "-b", "2048"), "3072"), (("ecdsa", "-b", "521"), "ecdsa-sha2-nistp521")],
)
def test_what_cannot_be_enrolled_cannot_sign(kind: tuple[str, ...], words: str) -> None:
    assert words in refused(STATEMENT.text + block("leader", STATEMENT.text, *kind))


def test_a_token_is_written_in_one_way_only() -> None:
    token = pasted().token
    for other in (token + "=", token.replace("sshsig", "sm2"), token[:-4], token.replace(",", ", "), token.replace("+08:00", "Z")):
        assert isinstance(own_signature(other), Unfit), other


@given(st.data())
def test_a_signature_with_a_byte_changed_is_none(data: st.DataObject) -> None:
    blob = pasted().made.blob
    place, bit = data.draw(st.integers(0, len(blob) - 1)), data.draw(st.integers(0, 7))
    found = read(blob[:place] + bytes([blob[place] ^ 1 << bit]) + blob[place + 1 :])
    assert isinstance(found, Unfit) or found.namespace != NAMESPACE or not verified(found, STATEMENT.text.encode())


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: b"SSHSIG\0\0\0\1" + tail))
def test_whatever_bytes_come_nothing_breaks(data: bytes) -> None:
    found = read(data)
    assert isinstance(found, Unfit) or not verified(found, b"x")


@given(st.text(max_size=100))
def test_whatever_text_comes_nothing_breaks(text: str) -> None:
    assert isinstance(handed_in(text), Unfit)
    assert isinstance(unarmoured(text), Unfit)
