"""Eight women scientists of one university in California, every other Thursday."""

from datetime import date

from people import Away, Group, Habit, Person, Service

OTHER_WEEK = date(2026, 9, 15)
DAY = (("mon tue wed thu fri", "08:00", "18:30"),)
LATE = (("mon tue wed thu fri", "09:00", "18:00"),)

PREAMBLE = """\
# Every other Thursday: eight members of one university, for an hour and a half.
# Plan it with: commonhour plan examples/every-other-thursday/problem.toml
# Written by examples/generate.py; everyone in it is invented.

title = "Every Other Thursday, Tern Island University"
timezone = "America/Los_Angeles"
planning_date = 2026-12-01
notice = [{ days = 45 }, { days = 21, approver = "practice manager" }]

[term]
start = 2027-01-04
end = 2027-06-30

[meeting]
minutes = 90

[cadence]
kind = "weekly"
every = 2  # every other week; the planner says in which of the two it begins

# Thursday is the day they want; Wednesday and Friday are where a date can move that fails.
[[windows]]
days = ["wed", "thu", "fri"]
start = "12:00"
end = "18:00"

[quorum]
count = 6  # of eight

[[blackouts]]
start = 2027-03-22
end = 2027-03-26
name = "spring recess"
"""

EVERY_OTHER_THURSDAY = Group(
    folder="every-other-thursday",
    preamble=PREAMBLE,
    people=(
        Person(
            key="anneke",
            name="Anneke Obuya",
            place="Cell biology; keeps the group's list",
            zone="los-angeles",
            style="google",
            hours=DAY,
            habits=(
                Habit("mon tue wed thu fri 09:00-10:00", "At the bench with students"),
                Habit("mon tue wed thu fri 12:00-12:30", "Lunch with the laboratory"),
                Habit("mon 13:00-15:00", "Laboratory meeting"),
                Habit("wed 14:00-16:00", "Graduate course"),
                Habit("fri 13:00-14:30", "Admissions committee"),
                Habit("tue 15:00-17:00", "Writing", "tentative"),
                Habit("tue thu 10:30-12:00", "Microscopy"),
                Habit("1st fri 15:00-17:00", "Faculty senate"),
            ),
            away=(
                Away("Cell biology conference", date(2027, 2, 24), date(2027, 2, 28)),
                Away("Study section", date(2027, 6, 9), date(2027, 6, 11)),
                Away("Visit to parents", date(2027, 4, 12), date(2027, 4, 16)),
            ),
            one_offs=2,
        ),
        Person(
            key="bisi",
            name="Bisi Castellanos",
            place="Oncology",
            zone="los-angeles",
            style="outlook",
            hours=DAY,
            clinics=("wed 13:00-17:00", "mon 08:00-12:00"),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 12:00-12:30", "Results and messages"),
                Habit("mon tue wed thu fri 08:00-08:30", "Huddle"),
                Habit("fri 14:00-15:00", "Tumour board"),
                Habit("tue 09:00-12:00", "Trial office"),
                Habit("thu 09:00-11:00", "Laboratory"),
                Habit("mon 15:30-17:30", "Manuscripts", "tentative"),
                Habit("fortnightly tue 16:00-17:00", "Protocol review"),
            ),
            service=Service("Oncology ward", 2, blocks=True),
            away=(
                Away("Oncology congress", date(2027, 6, 3), date(2027, 6, 8)),
                Away("Family week", date(2027, 4, 19), date(2027, 4, 23)),
            ),
            one_offs=2,
        ),
        Person(
            key="chiara",
            name="Chiara Nakamoto",
            place="Biostatistics",
            zone="los-angeles",
            style="google",
            hours=LATE,
            habits=(
                Habit("mon tue wed thu fri 10:00-10:45", "Consulting hour"),
                Habit("mon wed fri 13:00-14:00", "Linear models, lecture"),
                Habit("mon tue wed fri 16:30-17:30", "School pick-up"),
                Habit("tue 11:00-13:00", "Data centre"),
                Habit("wed 09:00-10:00", "Division meeting"),
                Habit("thu 11:00-12:00", "Seminar"),
                Habit("fortnightly fri 14:30-16:00", "Analysis", "tentative", OTHER_WEEK),
                Habit("fortnightly thu 16:45-18:00", "Thesis group", since=OTHER_WEEK),
            ),
            away=(
                Away("Statistics meeting", date(2027, 3, 8), date(2027, 3, 12)),
                Away("Review panel", date(2027, 6, 9), date(2027, 6, 11)),
            ),
            one_offs=3,
        ),
        Person(
            key="delphine",
            name="Delphine Awuah",
            place="Surgery; the theatre's list is full on Wednesdays and every other Friday",
            zone="los-angeles",
            style="plain",
            hours=DAY,
            clinics=("tue 08:00-12:00", "fri 08:00-12:00"),
            copies=True,
            habits=(
                Habit("mon tue thu fri 07:30-08:00", "Ward round"),
                Habit("wed 07:15-17:30", "Operating theatre"),
                Habit("fortnightly fri 12:30-17:30", "Operating theatre"),
                Habit("mon 08:00-15:00", "Operating theatre"),
                Habit("mon tue thu 12:00-12:45", "Resident teaching"),
                Habit("tue 14:00-16:00", "Simulation centre"),
                Habit("thu 08:30-10:30", "Outcomes project", "tentative"),
                Habit("mon tue wed thu fri 18:30-19:00", "Evening round"),
            ),
            service=Service("Trauma week", 4),
            away=(
                Away("Surgical congress", date(2027, 2, 9), date(2027, 2, 12)),
                Away("Mission hospital", date(2027, 4, 26), date(2027, 5, 7)),
            ),
            calls=(8, 17),
            one_offs=1,
        ),
        Person(
            key="esra",
            name="Esra Lindgaard",
            place="Immunology",
            zone="los-angeles",
            style="freebusy",
            hours=DAY,
            habits=(
                Habit("mon tue wed thu fri 08:30-09:30", "Laboratory round"),
                Habit("mon tue wed thu fri 13:00-13:20", "Animal facility"),
                Habit("wed 14:00-15:30", "Immunology seminar"),
                Habit("fri 12:00-14:00", "Laboratory meeting"),
                Habit("tue 14:00-17:00", "Flow cytometry"),
                Habit("thu 10:00-12:00", "Grant writing", "tentative"),
                Habit("mon wed 16:00-17:00", "Student supervision"),
            ),
            away=(
                Away("Immunology meeting", date(2027, 5, 5), date(2027, 5, 10)),
                Away("Keystone workshop", date(2027, 2, 8), date(2027, 2, 12)),
                Away("Site visit", date(2027, 4, 21), date(2027, 4, 23)),
            ),
            one_offs=2,
        ),
        Person(
            key="fumiko",
            name="Fumiko Brandt-Osei",
            place="Psychiatry; sees patients on Thursdays until three",
            zone="los-angeles",
            style="google",
            hours=LATE,
            clinics=("thu 11:00-15:00", "tue 13:00-17:00"),
            habits=(
                Habit("mon tue wed thu fri 09:00-09:45", "Team conference"),
                Habit("mon wed 10:00-12:00", "Psychotherapy hours"),
                Habit("mon wed 13:00-15:00", "Psychotherapy hours"),
                Habit("fri 10:00-12:00", "Supervision"),
                Habit("fri 15:00-17:00", "Research group"),
                Habit("tue 10:00-11:00", "Grand rounds"),
                Habit("mon tue wed thu fri 17:30-18:15", "Letters"),
            ),
            service=Service("Consultation service", 0),
            away=(
                Away("Psychiatry annual meeting", date(2027, 5, 20), date(2027, 5, 26)),
                Away("Retreat", date(2027, 2, 25), date(2027, 2, 26)),
            ),
            one_offs=2,
        ),
        Person(
            key="gwen",
            name="Gwen Salcedo",
            place="Epidemiology; teaches at the school of public health",
            zone="los-angeles",
            style="outlook",
            hours=DAY,
            habits=(
                Habit("mon tue wed thu fri 08:15-09:00", "Cohort office"),
                Habit("tue thu 10:00-11:30", "Epidemiology, lecture"),
                Habit("mon wed fri 12:30-13:30", "Office hours"),
                Habit("wed 15:00-16:30", "Steering group"),
                Habit("wed 14:00-15:00", "Methods club"),
                Habit("mon wed fri 17:00-18:00", "Swimming"),
                Habit("thu 13:00-13:45", "Field team call"),
                Habit("tue 14:00-16:00", "Writing", "tentative"),
            ),
            away=(
                Away("Epidemiology congress", date(2027, 6, 14), date(2027, 6, 18)),
                Away("Field visit", date(2027, 1, 18), date(2027, 1, 29)),
            ),
            one_offs=3,
        ),
        Person(
            key="hadiza",
            name="Hadiza Fontaine",
            place="Genetics; sings on Thursday evenings from April",
            zone="los-angeles",
            style="google",
            hours=DAY,
            clinics=("fri 13:00-17:00",),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 11:00-11:45", "Variant review"),
                Habit("mon tue wed thu fri 08:00-08:30", "Sequencing core"),
                Habit("wed 12:00-13:00", "Genetics rounds"),
                Habit("wed 13:30-15:30", "Laboratory meeting"),
                Habit("mon 14:00-16:00", "Family conferences"),
                Habit("tue 13:00-15:00", "Counselling course"),
                Habit("thu 17:00-18:30", "Choir", since=date(2027, 4, 1)),
            ),
            service=Service("Newborn consults", 5, blocks=True),
            away=(
                Away("Genetics meeting", date(2027, 4, 14), date(2027, 4, 17)),
                Away("Wedding", date(2027, 6, 9), date(2027, 6, 14)),
            ),
            one_offs=2,
        ),
    ),
)
