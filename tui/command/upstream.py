"""Command on the Git host: ``upstream`` makes the repository that several servers of one register push to, and its standby."""

from pathlib import Path

import click

from records.acts import Refusal
from records.keys.public_key import public_key
from records.register.hosting import hosted, line_for
from records.register.standby import fed, fed_by_now, fed_no_more, key_for, made_standby, rejoined, taken_over
from records.store.address import address
from records.store.ownership import refuse_others
from tui.command.backup import stock_git
from tui.command.common import fail, refused, say
from tui.command.help import command
from tui.command.joining import made_key, met
from tui.command.paths import read_record
from tui.command.upkeep import program


@command("upstream")
@click.argument("place", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--key", "keys", type=click.Path(path_type=Path), metavar="FILE", multiple=True, help="服务器的公钥（.pub），写出它那一行。")
@click.option("--read", "reading", is_flag=True, help="--key 的服务器只能取，不能推送：副本用。")
@click.option("--to", "url", metavar="URL", help="它的备用库：收下以前先送到那里，备用库收下了才算。")
@click.option("--later", is_flag=True, help="与 --to 一起写：收下以后随即再送，备用库落后片刻。")
@click.option("--alone", is_flag=True, help="不再有备用库。")
@click.option("--standby", is_flag=True, help="这个库是备用库：只收它的上级库送来的。")
@click.option("--feed", type=click.Path(path_type=Path), metavar="FILE", help="与 --standby 一起写：上级库的公钥，写出它那一行。")
@click.option("--take-over", "over", is_flag=True, help="备用库接替：从现在起收服务器推送的，不再收原来的上级库送来的。")
@click.option("--rejoin", is_flag=True, help="原来的上级库修好了：作接替它的那个库的备用库。")
def upstream(
    place: Path, keys: tuple[Path, ...], reading: bool, url: str | None, later: bool, alone: bool, standby: bool, feed: Path | None,
    over: bool, rejoin: bool,
) -> None:  # fmt: skip
    r"""在 Git 主机上运行：建立几台服务器共用的上级库，写好落盘设置、钩子和 sshd 的入口。已经有的裸库补齐设置；可以反复运行。

    上级库只在 main 上接着写；收下以前，提交和引用都已落盘。用一个专门的账号拥有它，不与别的库共用（docs/machines.md）。

    \b
    例：duban upstream /srv/git/duban.git --key 甲.pub --key 乙.pub
    例：duban upstream /srv/git/duban.git --to ssh://duban-git@备用主机/srv/git/duban.git
    """
    place = place.absolute()
    if sum((url is not None, alone, standby, over, rejoin)) > 1:
        fail("--to、--alone、--standby、--take-over、--rejoin 一次只写一个。")
    if (later and url is None) or (feed and not standby):
        fail("--later 要与 --to 一起写，--feed 要与 --standby 一起写。")
    if (over or rejoin) and not (place / "HEAD").is_file():
        fail(f"{place} 没有上级库。")
    refuse_others(place)
    what = "已补齐" if (place / "HEAD").is_file() else "已建好"
    done = list(hosted(place, stock_git()))
    for each in done:
        say(each)
    say(f"上级库 {place} {what if done else '已经齐备，未作改动'}。")
    if standby:
        _stand_by(place, feed)
    elif over:
        _take_over(place)
    elif rejoin:
        _rejoin(place)
    elif alone:
        say("不再有备用库。" if fed_no_more(place) else "本来就没有备用库。")
    elif url is not None:
        _feed(place, url, later=later)
    elif not keys:
        say(f"各服务器的密钥怎样放进来：{program()} upstream {place} --key FILE.pub 写出 authorized_keys 里的一行。")
    if keys:
        say("在拥有它的账号的 authorized_keys 里，每台服务器写一行：")
        for file in keys:
            say(line_for(place, _read(file), reading=reading))


def _stand_by(place: Path, feed: Path | None) -> None:
    say("从现在起是备用库：只收它的上级库送来的。" if made_standby(place) else "已经是备用库。")
    if feed is not None:
        say("它的上级库在 authorized_keys 里写这一行：")
        say(line_for(place, _read(feed), feeding=True))


def _feed(place: Path, url: str, *, later: bool) -> None:
    where, key = address(url), key_for(place)
    if where.way == "ssh" and not key.exists():
        public = made_key(key)
        say(f"已为送到备用库生成密钥，公钥在 {key}.pub：\n{public}")
        say("请在备用主机上写出它的一行：duban upstream 目录 --standby --feed key.pub。")
        say("那一行放进 authorized_keys 以后，把这个命令再运行一次。")
        return
    before = fed_by_now(place)
    with met(where, key.parent):
        fed(place, where, later=later)
    if before not in ("", url):
        say(f"原来的备用库 {before} 从现在起不再跟上，请不要再用它接替。")
    say(f"备用库 {url} 已经接上，历史都在那里。" + ("收下以后随即再送，它落后片刻。" if later else "从现在起它收下了，这里才收。"))


def _take_over(place: Path) -> None:
    if not taken_over(place):
        say("它不是备用库，或者已经接替。")
        return
    say("已经接替：从现在起收服务器推送的，不再收原来的上级库送来的。")
    say("在每台服务器上改接这里，先从最新的一台起：duban init 登记簿目录 --upstream 这个库的地址（副本另加 --replica），然后重新启动服务。")
    say("原来的上级库修好了，在那里运行：duban upstream 目录 --rejoin。")


def _rejoin(place: Path) -> None:
    where, left = rejoined(place, stock_git())
    say(f"从现在起是 {where.url} 的备用库，两边同在。")
    if left is not None:
        say(f"这里收下过、那边没有的各笔写在 {left}，请查明各是什么，需要的在那边重新办理。")
    say("请在接替它的主机上运行：duban upstream 目录 --to 这个库的地址；它的公钥在这里写进名单（--standby --feed）。")


def _read(file: Path) -> str:
    found = public_key(read_record(file).decode(errors="replace"))
    if isinstance(found, Refusal):
        refused(found)
    return found


COMMANDS = (upstream,)
