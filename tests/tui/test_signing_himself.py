"""A person signs himself on a form: the statement is put before him, what he pastes is taken or refused with the reason (S12)."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from records.matter.report import Consent
from records.register.register import Register
from records.signatures.sshsig import BY_AGENT, SshSignature, Unfit, read, unarmoured
from records.signatures.statement import COMMAND
from tests.records.test_people import DEPUTY, KEEPER, POLICY_DRAFT
from tests.signing import block
from tests.tui.hands import settled
from tests.tui.playing import Playing, act, playing
from tui.command import duban
from tui.forms.fields import FieldRow
from tui.forms.signing import StatementPage

ITEM, LEADER = "DB-2026-0188", "JJ.main_leader"


def under(register: Register, **rules: list[str]) -> Register:
    """The register under rules that say so besides."""
    act(register, "draft_policy", "policy", KEEPER, **POLICY_DRAFT, **rules)
    act(register, "enact_policy", "policy", DEPUTY, text="同意施行。")
    return register


@pytest.fixture
def asking(demo: Register) -> Register:
    """The demo, under rules by which main leaders sign themselves."""
    return under(demo, own_signatures=["consent", "enact_policy"])


def consented(register: Register) -> Consent | None:
    item = register.view().item(ITEM)
    assert item
    assert item.report
    return item.report.round.consented


def statement(play: Playing) -> str:
    assert isinstance(play.app.screen, StatementPage)
    return play.app.screen._statement.text


async def paste(play: Playing, text: str) -> str:
    """Put a block into the field, as a terminal's paste does."""
    row = next(row for row in play.app.screen.query(FieldRow) if row.field.name == "signature")
    row.words = text
    row.take_focus()
    await settled(play.app)
    return await play.look()


async def test_he_signs_what_he_was_shown_and_it_is_kept(asking: Register) -> None:
    async with playing(asking, LEADER) as play:
        text = await play.press("enter")
        assert "本人签名 *" in text
        assert "按 F4 看要签的声明" in text
        await play.stands("consent_own")
        text = await play.press("f10")
        said = statement(play)
        for line in (*said.splitlines(), COMMAND):
            assert line in text
        assert said.splitlines()[3] == "办理：主要领导同意"
        await play.stands("statement")
        text = await play.press("f5")
        assert "已交给终端的剪贴板" in text
        assert play.app.clipboard == said
        text = await play.press("escape")
        assert "缺本人签名" in text
        await paste(play, block(LEADER, said))
        assert "已办：主要领导同意" in await play.press("f10")
    found = consented(asking)
    assert found
    assert found.own
    assert not [problem for _, problem in asking.replay().problems() if problem]
    told = CliRunner().invoke(duban, ["--register", str(asking.home), "show", ITEM]).output
    assert "（本人签名）" in told


async def test_the_statement_stays_the_same_through_leaving_and_coming_back(asking: Register) -> None:
    async with playing(asking, LEADER) as play:
        await play.press("enter", "f4")
        said = statement(play)
        await play.press("escape", "escape")
        act(asking, "urge", "DB-2026-0194", "BGS.clerk1", level="reminder", means="system", text="请抓紧。")
        await play.press("enter")
        await paste(play, block(LEADER, said))
        assert "已办：主要领导同意" in await play.press("f10")


async def test_where_the_record_moved_he_is_told_to_sign_anew(asking: Register) -> None:
    async with playing(asking, LEADER) as play:
        await play.press("enter", "f4")
        said = statement(play)
        await play.press("escape")
        instruction = {"instruction_by": "市领导", "instruction_at": "2026-11-23", "instruction": "请抓紧。"}
        act(asking, "add_instruction", ITEM, "BGS.clerk1", **instruction)
        await paste(play, block(LEADER, said))
        text = await play.press("f10")
        assert "此后又有变动" in text
        assert "重新签名" in text
        text = await play.press("f4")
        anew = statement(play)
        assert anew != said
        assert "声明已经换成新的" in await play.press("escape")
        await paste(play, block(LEADER, anew))
        assert "已办：主要领导同意" in await play.press("f10")


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (lambda said: block(LEADER, said.replace("\n", "\r\n")), "CRLF"),
        (lambda said: block(LEADER, said.replace("\n", "")), "换行都没有了"),
        (lambda said: block(LEADER, said, namespace="git"), "命名空间"),
        (lambda said: block(LEADER, said.replace(ITEM, "DB-2026-0194")), "不是这一份声明"),
        (lambda said: "同意。", "签名块不完整"),
    ],
)
async def test_what_is_no_signature_over_it_is_refused_beside_the_field(asking: Register, spoilt: object, words: str) -> None:
    assert callable(spoilt)
    async with playing(asking, LEADER) as play:
        await play.press("enter", "f4")
        bad = spoilt(statement(play))
        await play.press("escape")
        await paste(play, bad)
        text = await play.press("f10")
        assert words in text.replace("\n", "").replace(" ", "")
        assert "不予办理" in text
    assert consented(asking) is None


async def test_where_nobody_asks_there_is_no_field_and_no_key(demo: Register) -> None:
    async with playing(demo, LEADER) as play:
        text = await play.press("enter")
        assert "本人签名" not in text
        assert "声明" not in text


@pytest.fixture
def content(demo: Register) -> Register:
    """The demo, under rules that are content with a main leader's agent."""
    return under(demo, agent_signatures=["consent", "enact_policy"])


def by_agent(message: bytes) -> SshSignature | Unfit:
    """The leader's agent."""
    blob = unarmoured(block(LEADER, message, namespace=BY_AGENT))
    return blob if isinstance(blob, Unfit) else read(blob)


async def test_where_his_agent_is_enough_it_signs_as_he_does_it(content: Register) -> None:
    async with playing(content, LEADER) as play:
        play.app.desk.agent = by_agent
        text = await play.press("enter", "f5", "enter")
        assert "本人签名 *" not in text
        assert "由您转发的密钥代理签" in text
        assert "已办：主要领导同意" in await play.press("f10")
    found = consented(content)
    assert found
    assert found.own
    assert not [problem for _, problem in content.replay().problems() if problem]
    assert "（密钥代理签名）" in CliRunner().invoke(duban, ["--register", str(content.home), "show", ITEM]).output


async def test_where_his_agent_does_not_sign_he_is_told_and_may_paste(content: Register) -> None:
    async with playing(content, LEADER) as play:
        play.app.desk.agent = lambda _: Unfit("密钥代理没有签：本人没有同意，或者密钥锁着。")
        await play.press("enter", "f5", "enter", "f10")
        said = statement(play)  # as where none is there
        text = await play.press("escape")
        assert "密钥代理没有签" in text
        assert consented(content) is None
        await paste(play, block(LEADER, said))
        assert "已办：主要领导同意" in await play.press("f10")


async def test_without_an_agent_the_pasted_way_stays(content: Register) -> None:
    async with playing(content, LEADER) as play:
        text = await play.press("enter", "f5", "enter")
        assert "本人签名 *" in text
        await play.press("f4")
        said = statement(play)
        await play.press("escape")
        await paste(play, block(LEADER, said))
        assert "已办：主要领导同意" in await play.press("f10")


def test_by_commands_the_statement_is_written_and_handed_in_with_its_block(asking: Register, tmp_path: Path) -> None:
    run = CliRunner()
    who = ["--register", str(asking.home)]
    given = json.dumps({"decision": "agree", "text": "同意上报。"})
    said = run.invoke(duban, [*who, "statement", "consent", ITEM, "--as", LEADER, "--stdin"], input=given)
    assert said.exit_code == 0, said.stderr
    refusal = run.invoke(duban, [*who, "act", "consent", ITEM, "--as", LEADER, "--stdin", "--json"], input=given)
    assert json.loads(refusal.stdout)["problems"][0]["field"] == ["signature"]
    signed = json.dumps({**json.loads(given), "signature": said.stdout + block(LEADER, said.stdout)})
    done = run.invoke(duban, [*who, "act", "consent", ITEM, "--as", LEADER, "--stdin", "--json"], input=signed)
    assert json.loads(done.stdout)["done"] is True, done.stdout
    other = run.invoke(duban, [*who, "statement", "urge", ITEM, "--as", "BGS.clerk1"])
    assert "不用本人签名" in other.stderr
    unknown = run.invoke(duban, [*who, "statement", "nothing", ITEM, "--as", LEADER])
    assert "没有“nothing”这个动作" in unknown.stderr
