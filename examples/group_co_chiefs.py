"""Three chief residents of one hospital in Boston, half an hour every week of their year."""

from datetime import date

from people import CHIEF_YEAR, Away, Group, Habit, Person, Service

DAY = (("mon tue wed thu fri", "07:00", "18:00"),)

PREAMBLE = """\
# Co-chiefs: three chief residents, half an hour every week from July to June; it takes them all.
# Plan it with: commonhour plan examples/co-chiefs/problem.toml
# Written by examples/generate.py; everyone in it is invented.

title = "Co-chiefs, Long Pier Hospital"
timezone = "America/New_York"
planning_date = 2027-04-15
notice = [{ days = 60 }, { days = 30, approver = "programme director" }]

[term]
start = 2027-07-01
end = 2028-06-30

[meeting]
minutes = 30

[cadence]
kind = "weekly"

[[windows]]
days = ["mon", "tue", "wed", "thu", "fri"]
start = "07:00"
end = "17:00"

[quorum]
share = 1.0  # everyone

[[blackouts]]
start = 2027-07-05
end = 2027-07-05
name = "Independence Day (observed)"

[[blackouts]]
start = 2027-09-06
end = 2027-09-06
name = "Labor Day"

[[blackouts]]
start = 2027-11-25
end = 2027-11-26
name = "Thanksgiving"

[[blackouts]]
start = 2027-12-24
end = 2027-12-31
name = "end of the year"

[[blackouts]]
start = 2028-01-17
end = 2028-01-17
name = "Martin Luther King Jr. Day"

[[blackouts]]
start = 2028-02-21
end = 2028-02-21
name = "Presidents' Day"

[[blackouts]]
start = 2028-05-29
end = 2028-05-29
name = "Memorial Day"

[[blackouts]]
start = 2028-06-19
end = 2028-06-19
name = "Juneteenth"
"""

CO_CHIEFS = Group(
    folder="co-chiefs",
    preamble=PREAMBLE,
    people=(
        Person(
            key="mirela",
            name="Mirela Achterberg",
            place="Chief resident for education",
            style="google",
            hours=DAY,
            clinics=("tue 13:00-17:00",),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 08:00-08:45", "Morning report"),
                Habit("mon wed thu 12:00-13:00", "Noon conference"),
                Habit("wed 15:00-16:30", "Programme leadership"),
                Habit("fri 10:00-12:00", "Curriculum project", "tentative"),
                Habit("thu 14:00-15:00", "Intern teaching"),
            ),
            service=Service("Attending on the ward", 7, blocks=True, every=16),
            away=(
                Away("Programme directors' meeting", date(2028, 4, 9), date(2028, 4, 13)),
                Away("Holiday", date(2027, 10, 11), date(2027, 10, 17)),
            ),
            one_offs=1,
            term=CHIEF_YEAR,
        ),
        Person(
            key="nikhil",
            name="Nikhil Sørensen",
            place="Chief resident for rotas",
            style="outlook",
            hours=DAY,
            clinics=("thu 08:00-12:00",),
            habits=(
                Habit("mon tue wed thu fri 07:15-07:45", "Bed meeting"),
                Habit("mon tue wed thu fri 16:30-17:00", "Rota desk"),
                Habit("mon 13:00-15:00", "Jeopardy and leave planning"),
                Habit("wed 15:00-16:30", "Programme leadership"),
                Habit("fortnightly tue 10:00-11:00", "Duty hours committee"),
            ),
            service=Service("Attending on the ward", 12, every=16),
            away=(
                Away("Quality congress", date(2027, 12, 5), date(2027, 12, 8)),
                Away("Honeymoon", date(2028, 5, 8), date(2028, 5, 19)),
            ),
            calls=(10, 28),
            one_offs=1,
            term=CHIEF_YEAR,
        ),
        Person(
            key="orla",
            name="Orla Tanimura",
            place="Chief resident for quality; interviews for fellowships in the autumn",
            style="plain",
            hours=DAY,
            preferred=(("mon tue wed thu fri", "09:00", "17:00"),),
            clinics=("mon 08:00-12:00",),
            copies=True,
            habits=(
                Habit("tue wed thu fri 08:00-08:45", "Morning report"),
                Habit("mon wed thu 12:00-13:00", "Noon conference"),
                Habit("wed 15:00-16:30", "Programme leadership"),
                Habit("mon fri 14:00-15:00", "Safety rounds"),
                Habit("tue 10:00-12:00", "Improvement project", "tentative"),
            ),
            service=Service("Attending on the ward", 2, blocks=True, every=16),
            away=(
                Away("Fellowship interviews", date(2027, 9, 20), date(2027, 9, 23)),
                Away("Fellowship interviews", date(2027, 10, 4), date(2027, 10, 6)),
                Away("Holiday", date(2028, 2, 14), date(2028, 2, 18)),
            ),
            one_offs=1,
            term=CHIEF_YEAR,
        ),
    ),
)
