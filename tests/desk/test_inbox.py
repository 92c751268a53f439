"""What lies in an inbox its owner can do, and what waits for somebody lies in his inbox: for everybody, on the whole demo."""

from datetime import datetime

from desk.desk import Desk
from desk.inbox import UNHELD, inbox, inboxes
from records.acts import prospects
from records.register.register import Register

NOW = datetime.fromisoformat("2026-11-23T10:30:00+08:00")


def test_whatever_lies_in_an_inbox_is_open_to_its_owner(demo: Register) -> None:
    view, wrong, count = demo.view(), [], 0
    for person, tasks in inboxes(demo, lambda: NOW):
        for task in tasks:
            item = view.item(task.excerpt.id)
            assert item is not None
            found = {each.spec.name: each.refusal for each in prospects(view.world(), item, person.id, NOW)}
            count += 1
            if found[task.act] is not None and not task.label.startswith(UNHELD):
                wrong.append((person.id, task.excerpt.id, task.act))
    assert wrong == []
    assert count > 90


def test_one_inbox_is_what_all_of_them_say_it_is(demo: Register) -> None:
    everybody = {person.id: tasks for person, tasks in inboxes(demo, lambda: NOW)}
    people = demo.view().roster.people
    for person in ("BGS.clerk1", "L03", "L06", "JJ.liaison", "CG.main_leader", "BGS.archivist"):
        assert inbox(Desk(demo, people[person], lambda: NOW)) == everybody[person]


def test_what_only_the_leader_over_a_matter_may_do_lies_in_his_inbox_alone(demo: Register) -> None:
    view = demo.view()
    held: dict[tuple[str, str], list[str]] = {}
    for person, tasks in inboxes(demo, lambda: NOW):
        for task in tasks:
            held.setdefault((task.excerpt.id, task.act), []).append(person.id)
    alone = 0
    for (item, act), people in held.items():
        found = view.item(item)
        assert found is not None
        letter = found.outgoing is not None and found.outgoing.series == "letter"
        if act == "waive_up_report" or (act == "bureau_sign" and letter):
            assert people == [found.portfolio_leader]
            alone += 1
    assert alone
