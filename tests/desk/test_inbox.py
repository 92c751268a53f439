"""What lies in an inbox its owner can do, and what waits for somebody lies in his inbox: for everybody, on the whole demo."""

from datetime import datetime

from desk.desk import Desk
from desk.inbox import UNHELD, awaiting, inbox, inboxes
from records.acts import duties, prospects
from records.acts.duties import whose
from records.register.register import Receipt, Register

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


def test_each_inbox_is_what_the_records_say(demo: Register) -> None:
    view, day = demo.view(), NOW.date()
    wanted: dict[str, list[tuple[str, str]]] = {}
    for item in view.all_items():
        for duty in duties(view.world(), item, NOW):
            for person in whose(duty, view.roster, day):
                wanted.setdefault(person, []).append((item.id, duty.act))
    for each, tasks in inboxes(demo, lambda: NOW):
        assert sorted((task.excerpt.id, task.act) for task in tasks) == sorted(wanted.get(each.id, [])), each.id
        assert [task.urgency for task in tasks] == sorted(task.urgency for task in tasks)


def test_an_inbox_is_read_in_pieces_and_what_is_over_comes_last(demo: Register) -> None:
    found = awaiting(Desk(demo, demo.view().roster.people["BGS.archivist"], lambda: NOW))
    assert found is not None
    _, every = found.page()
    assert found.total == len(every) > len(found.open)
    assert [task.excerpt.state for task in every[len(found.open) :]] == ["concluded"] * (found.total - len(found.open))
    for size in (1, 2, 50):
        assert [task for first in range(0, found.total, size) for task in found.page(first, size)[1]] == every


def test_an_inbox_follows_people_days_and_rules_without_a_record_changing(demo: Register) -> None:
    people = demo.view().roster.people
    archivist, clerk = (Desk(demo, people[person], lambda: NOW) for person in ("BGS.archivist", "BGS.clerk2"))
    assert "archive" in {task.act for task in inbox(archivist)}
    assert "archive" not in {task.act for task in inbox(clerk)}
    gone = {"role": "archivist", "person": "BGS.archivist", "day": "2026-11-22", "basis": "兰公任〔2026〕9号"}
    keeper = next(iter(demo.view().roster.holders("roster_keeper", "BGS", NOW.date())))
    assert isinstance(demo.act("relieve", "BGS", keeper.id, gone, NOW), Receipt)
    assert "archive" not in {task.act for task in inbox(archivist)}
    assert "无人承办：归档" in {task.label for task in inbox(clerk)}


def test_a_unit_that_is_no_more_is_seen_without_a_record_changing(demo: Register) -> None:
    clerk, keeper = (demo.view().roster.people[person] for person in ("BGS.clerk1", "BGS.section_chief"))
    assert "succeed" not in {task.act for task in inbox(Desk(demo, clerk, lambda: NOW))}
    gone = {"successor": "ZA", "day": "2026-11-22", "basis": "兰公任〔2026〕9号"}
    done = demo.act("dissolve_unit", "JJ", keeper.id, gone, NOW)
    assert isinstance(done, Receipt), str(done)
    found = {task.excerpt.id for task in inbox(Desk(demo, clerk, lambda: NOW)) if task.act == "succeed"}
    view = demo.view()
    owing = {item.id for item in view.all_items() if any(duty.act == "succeed" for duty in duties(view.world(), item, NOW))}
    assert found == owing
    assert len(owing) > 1


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
