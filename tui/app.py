"""The Textual app: one person at one desk, the screens between which he moves, and what goes on beside them.

Three threads: this one draws; one reads and writes the register (``register_thread``); one publishes documents.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from inspect import isawaitable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from rich.text import Text
from textual.app import ScreenStackError, SystemCommand
from textual.binding import BindingType
from textual.events import Event, InputEvent, Key, Paste
from textual.screen import ModalScreen, Screen
from textual.timer import Timer

from desk.desk import Desk
from records.bureau.roster import Person
from records.keys.closed import ClosedError
from records.register.register import NEW, Register
from records.signatures.sshsig import SshSignature, Unfit
from records.store.disk import said
from records.store.record_files import Unreadable
from records.store.store import StoreError
from schema.tables import acts
from schema.text import show
from tui.frame.among import Among
from tui.frame.register_thread import RegisterThread
from tui.frame.screen import DeskScreen, begin, in_words
from tui.screens.browsing import Browsing
from tui.screens.inbox import Inbox
from tui.screens.paged import PagedApp
from tui.terminal import Drafts
from tui.terminal.faults import FaultLog
from tui.terminal.garbage import Garbage
from tui.terminal.keymap import bound

if TYPE_CHECKING:  # forms and matters are loaded when one is opened
    from tui.forms.form import Form

_T = TypeVar("_T")
_LOOK = 1.5
"""Seconds between two looks at whether somebody else has acted: the reading of one small file."""

_FUNCTION_KEY = re.compile(r"f\d+")


class DubanApp(PagedApp):
    """The app.

    Args:
        register: the register.
        person: who sits at the desk; None where it is a demo and he is to be chosen.
        clock: the time in the bureau's zone.
        theme: as `ChineseApp`.
        wide_lines: as `ChineseApp`.
        slow: as `ChineseApp`.
        publish: whether to make documents as the register moves.
        box: the folder of his files, where he came in through the door; no other file is his to name.
        idle: seconds without a key or a movement of the mouse after which the session ends; None for never.
        warning: what the person must know as he comes in, empty for nothing.
        agent: as for ``Desk``.
    """

    CSS_PATH = "duban.tcss"
    ASIDE = frozenset({"outlook", "detail", "index", "lights"})
    GROUND = 2  # Textual's empty screen, and the inbox
    garbage: Garbage | None = None
    """When this process looks for garbage, where it runs nothing but this app."""
    BINDINGS: ClassVar[list[BindingType]] = [bound("help", "help")]

    def __init__(
        self,
        register: Register,
        person: Person | None,
        *,
        clock: Callable[[], datetime],
        theme: str | None = None,
        wide_lines: bool = False,
        slow: bool = False,
        publish: bool = True,
        box: Path | None = None,
        idle: float | None = None,
        warning: str = "",
        agent: Callable[[bytes], SshSignature | Unfit] | None = None,
    ) -> None:
        super().__init__(theme=theme, wide_lines=wide_lines, slow=slow)
        self.title = "督办"
        self._book, self._clock, self._publish, self._box, self._agent, self._idle = register, clock, publish, box, agent, idle
        self._left: Timer | None = None
        warn, complete = partial(self.notify, severity="warning", timeout=20), partial(begin, self, "index", self._complete)
        self._hands = RegisterThread(register, warn, self._shut, complete)
        self._stop = threading.Event()
        self.faults = FaultLog(register.home / "faults")
        self.sit(person)
        self._seen: tuple[str | None, date] = self.desk.view.commit, self.desk.today
        self._warning, self._begun = warning, False

    def sit(self, person: Person | None) -> None:
        """Give the desk to a person, with his own drafts."""
        self.desk = Desk(self._book, person, self._clock, box=self._box, agent=self._agent, hasty=True)
        self.drafts = Drafts(self._book.drafts / (person.id if person else "nobody"))
        self.forget_counted()
        self.dress()
        self._demo = self._book.demo and self._box is None
        self._know()

    def _know(self) -> None:
        """Know who sits there, as the roster has him today."""
        roster, person = self.desk.view.roster, self.desk.person
        who = acts()["register"].who[0]
        self.registers = person is not None and roster.authority(person.id, who, None, self.desk.today) is not None
        who_looks = f"{person.name}（{roster.position(person.id) or person.title}）" if person else "（未选身份，只看）"
        self.identity = f"{roster.bureau.name}督办  {who_looks}"

    def meant(self, key: Key) -> Key:
        """Let arrows and Enter lead from field to field as Tab does, and so in order with what is typed before and after them."""
        from tui.forms.editors import Choice, LineEditor
        from tui.forms.named import NameEditor

        if isinstance(self.focused, LineEditor | Choice):
            if key.key in ("up", "down"):
                return Key("tab" if key.key == "down" else "shift+tab", None)
            if key.key == "enter" and (not isinstance(self.focused, NameEditor) or self.focused.settled):
                return Key("tab", None)
        return super().meant(key)

    async def ask(self, work: Callable[[], _T]) -> _T:
        """Have something done by the thread that reads and writes the register, and return what it gives; say once what ails the index."""
        return await self._hands.ask(work)

    def on_mount(self) -> None:
        """Show the inbox, and look out for what others do."""
        self.push_screen(Inbox())
        self.set_interval(_LOOK, self._look)
        begin(self, "index", self._complete)
        if self._idle is not None:
            self._left = self.set_timer(self._idle, self._leave_idle)
        if self._warning:
            self.notify(self._warning, severity="warning", timeout=20)
        self.say_damaged()
        if self.desk.person is None:
            self.action_people()

    def stands(self) -> None:
        """Publish documents, once something stands on the screen: their libraries alone take a fifth of a start."""
        if not self._begun:
            self._begun = True
            if self.garbage:
                self.garbage.stands()
            if self._publish:
                self.call_after_refresh(threading.Thread(target=self._follow, name="publisher", daemon=True).start)

    async def on_event(self, event: Event) -> None:
        """Know that somebody is there."""
        if isinstance(event, InputEvent | Paste):
            if self._left:
                self._left.reset()
            if self.garbage:
                self.garbage.keyed()
        await super().on_event(event)

    def on_unmount(self) -> None:
        """Let the publisher end."""
        self._stop.set()
        self._hands.end()

    def keep_drafts(self) -> str:
        """Write what stands in forms to disk, and return why it could not be written, empty where it was."""
        wrong = ""
        for screen in self._forms():
            try:
                screen.keep()
            except OSError as error:
                wrong = said(error)
        return wrong

    def _forms(self) -> "list[Form]":
        """The forms that are open, wherever they stand."""
        from tui.forms.form import Form

        return [screen for screen in self.screen_stack if isinstance(screen, Form)]

    def _matter(self) -> str:
        """The id of the matter in front, empty where there is none."""
        from tui.screens.case import CaseScreen

        return self.screen.item if isinstance(self.screen, CaseScreen) else ""

    def no_fault(self, error: Exception) -> str:
        """Say of a register that cannot be read what is wrong with it, wherever on a screen that came to light."""
        return in_words(error) if isinstance(error, StoreError | Unreadable) else ""

    def report(self, error: Exception, doing: str) -> str:
        """Write a fault down with who was at what, and return its number, or why it is not written."""
        person = self.desk.person
        who = f"何人：{person.id} {person.name}" if person else "何人：未选身份"
        screens = [f"{type(screen).__name__} {getattr(screen, 'concerns', '')}".strip() for screen in reversed(self.screen_stack)]
        typed = [words for screen in self._forms() for words in screen.typed]
        try:
            number = self.faults.write(error, self._clock(), [who, f"在做：{doing}", f"画面：{' / '.join(screens)}"], typed)
        except OSError as wrong:
            return f"出错经过没有写下，{said(wrong)}"
        return f"错误 {number}"

    def open_case(self, item: str, act: str = "", among: Among | None = None) -> None:
        """Open an item; ``act`` is offered first; ``among`` is the list that it is opened from, to be gone through from there."""
        from tui.screens.case import CaseScreen

        self.push_screen(CaseScreen(item, act, among))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yield what the palette offers."""
        if screen not in self._forms():
            yield from self.page_commands()
            if self._demo:
                yield SystemCommand("换身份", "演示登记簿里可以扮演任何人", self.action_people)
            if self.registers:
                yield SystemCommand("登记新事项", "登记立项", self.action_register)
        yield SystemCommand("帮助", "现在能用的键", self.action_help)
        yield SystemCommand("按键", "每个键的意思，给按不出来的另设一个", self.action_keys)
        yield from super().get_system_commands(screen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer identities in a demo only, and registration to those who register."""
        if action == "people":
            return self._demo
        if action == "command_palette":
            return not isinstance(self.screen, ModalScreen)
        if action == "register":
            return self.registers
        return super().check_action(action, parameters)

    def action_keys(self) -> None:
        """Show what the keys mean, and change them."""
        from tui.screens.keys import KeysPage

        if not isinstance(self.screen, KeysPage):
            self.push_screen(KeysPage())

    def action_people(self) -> None:
        """Choose who sits at the desk."""
        from tui.screens.people import people_picker

        item = self._matter()

        async def choose() -> None:
            picker, people = await self.ask(lambda: people_picker(self.desk, self.desk.open(item) if item else None))

            def take(places: tuple[int, ...] | None) -> None:
                if places:
                    begin(self, "seat", partial(self._reseat, people[places[0]]))

            self.push_screen(picker, take)

        begin(self, "people", choose)

    async def _reseat(self, person: Person) -> None:
        """Give the seat to another: the same page or matter is there, and nothing that the one before saw, sought, marked or was told."""
        here, item = self.screen, self._matter()
        if wrong := self.keep_drafts():
            self.notify(f"草稿没有存下（{wrong}），没有换身份。", severity="error")
            return
        while len(self.screen_stack) > self.GROUND:
            await self.pop_screen()
        self.sit(person)
        await self.switch_screen(Inbox())
        if item:
            self.open_case(item)
        elif isinstance(here, Browsing) and not isinstance(here, Inbox) and self.is_page(here):
            await self.push_screen(type(here)())
        self.notify(f"现在的身份：{self.identity.split('  ')[-1]}")

    def action_command_palette(self) -> None:
        """Show where one can go from here and what can be done, and why the rest cannot."""
        from tui.screens.going import Doors, going_picker, ways

        item = self._matter()
        commands, here = tuple(self.get_system_commands(self.screen)), tuple(self._here())

        async def choose() -> None:
            found = await self.ask(partial(ways, self.desk, item, commands, Doors(self._open_form, self.open_case, self._look_up), here))

            async def go(places: tuple[int, ...] | None) -> None:
                way = found[places[0]] if places else None
                if way and way.go is None:
                    self.notify(f"现在不能“{way.name}”：{way.about}")
                elif way and way.go and isawaitable(going := way.go()):
                    await going

            self.push_screen(going_picker(found, item), go)

        begin(self, "palette", choose)

    def _here(self) -> Iterator[SystemCommand]:
        """Yield what function keys do on the screen in front: not every keyboard, and not every terminal, has them."""
        for node, binding, enabled, _ in self.screen.active_bindings.values():
            everywhere = node is self or binding.action.startswith("app.")
            if enabled and binding.show and not everywhere and _FUNCTION_KEY.fullmatch(binding.key):
                does = partial(self.run_action, binding.action, node)
                yield SystemCommand(binding.description.rstrip("…"), f"这里的 {self.get_key_display(binding)}", does)

    def _open_form(self, act: str, target: str) -> None:
        async def go() -> None:
            from tui.forms.form import form_for

            self.push_screen(await self.ask(partial(form_for, self.desk, act, target)))

        begin(self, "form", go, on=f"{act} {target}")

    def _look_up(self, words: str) -> None:
        from tui.screens.roster import RosterScreen

        self.push_screen(RosterScreen(words))

    def action_register(self) -> None:
        """Register a new item."""
        self._open_form("register", NEW)

    def action_help(self) -> None:
        """Show what can be done here and now."""
        from tui.screens.help import help_picker

        if isinstance(self.screen, ModalScreen):
            return
        picker, keys = help_picker(self.screen, self)

        async def do(places: tuple[int, ...] | None) -> None:
            if places:
                node, binding = keys[places[0]]
                await self.run_action(binding.action, node)

        self.push_screen(picker, do)

    async def _complete(self) -> None:
        await self._hands.complete(self._read_again)

    def _read_again(self) -> None:
        if isinstance(self.screen, DeskScreen):
            self.screen.read_again()

    def _look(self) -> None:
        """Read again what is in front when somebody has acted, another day has begun, or it could not be read and perhaps can be now.

        Lights and what is owed are of a day.
        """
        if self.garbage:
            self.garbage.rest()
        try:
            self._book.still()
        except ClosedError as closed:
            self._shut(closed)
        except StoreError:
            pass  # whoever cannot be asked for does nothing, and is told so at his next act
        with suppress(StoreError, ScreenStackError):
            now = self._book.head(), self.desk.today
            if self._seen != now:
                begin(self, "look", self._look_again)
            elif isinstance(self.screen, DeskScreen) and self.screen.unread:
                self.screen.read_again()
            self._seen = now

    async def _look_again(self) -> None:
        before = self.registers
        with suppress(StoreError, Unreadable):  # whoever reads next is told
            await self.ask(self._know)
        if self.registers != before:
            self.screen.refresh_bindings()
        self._read_again()

    def _shut(self, closed: ClosedError) -> None:
        """End the session of whoever may be here no more; what he typed is kept."""
        self.exit(return_code=1, message=Text(show(f"{closed}{self.drafts_kept()}。")))

    def _leave_idle(self) -> None:
        """End the session of whoever left his seat: the screen is cleared, what he typed is kept, and he logs in again."""
        told = f"{(self._idle or 0) / 60:.0f}分钟没有操作，已经自动退出。{self.drafts_kept()}，请重新登录。"
        self.exit(return_code=0, message=Text(told))

    def _follow(self) -> None:
        from documents.layout.profile import standard
        from documents.publishing.publisher import Publisher
        from documents.publishing.watcher import follow

        failed: Callable[[Exception], None] = lambda error: self.notify(f"公文没有生成：{error}", severity="warning")  # noqa: E731
        try:
            register = Register(self._book.home)
            follow(register, Publisher(register, standard()), stop=self._stop, built=lambda _: None, failed=failed, told=lambda _: None)
        except Exception as error:
            self.call_later(self.contain, error, self, "publish")
