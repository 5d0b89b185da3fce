"""Seven faculty from seven departments of one university in Arizona, every week."""

from datetime import date

from people import Away, Group, Habit, Person, Service

DAY = (("mon tue wed thu fri", "07:00", "18:00"),)

PREAMBLE = """\
# ASPIRE: seven faculty from seven departments of one university, an hour every week.
# Plan it with: commonhour plan examples/aspire/problem.toml
# Written by examples/generate.py; everyone in it is invented.

title = "ASPIRE, Copper Basin University"
timezone = "America/Phoenix"  # its clocks never change
planning_date = 2026-12-01
notice = [{ days = 60 }, { days = 30, approver = "department chair" }]

[term]
start = 2027-01-04
end = 2027-06-30

[meeting]
minutes = 60

[cadence]
kind = "weekly"

# An hour before the day, or an hour around lunch.
[[windows]]
days = ["mon", "tue", "wed", "thu", "fri"]
start = "07:00"
end = "08:30"

[[windows]]
days = ["mon", "tue", "wed", "thu"]
start = "11:30"
end = "13:30"

[quorum]
share = 0.5  # four of seven

[[blackouts]]
start = 2027-01-18
end = 2027-01-18
name = "Martin Luther King Jr. Day"

[[blackouts]]
start = 2027-02-15
end = 2027-02-15
name = "Presidents' Day"

[[blackouts]]
start = 2027-03-08
end = 2027-03-12
name = "spring break"

[[blackouts]]
start = 2027-05-31
end = 2027-05-31
name = "Memorial Day"

[[blackouts]]
start = 2027-06-18
end = 2027-06-18
name = "Juneteenth (observed)"
"""

ASPIRE = Group(
    folder="aspire",
    preamble=PREAMBLE,
    people=(
        Person(
            key="imani",
            name="Imani Westergaard",
            place="Family and community medicine; facilitates",
            zone="phoenix",
            style="google",
            hours=DAY,
            clinics=("mon 08:00-12:00", "thu 13:00-17:00"),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 16:30-17:00", "Patient messages"),
                Habit("tue 07:30-08:30", "Residency leadership"),
                Habit("fri 12:00-13:00", "Grand rounds"),
                Habit("fri 08:00-10:00", "Community board"),
                Habit("tue thu 09:00-10:00", "Student teaching"),
                Habit("fri 13:00-16:00", "Writing", "tentative"),
                Habit("mon wed 17:15-18:30", "Football with the children"),
                Habit("mon tue wed thu 10:30-11:00", "Case management"),
            ),
            service=Service("Inpatient service", 1, blocks=True),
            away=(
                Away("Family medicine conference", date(2027, 4, 24), date(2027, 4, 28)),
                Away("Family holiday", date(2027, 6, 7), date(2027, 6, 11)),
            ),
            one_offs=2,
        ),
        Person(
            key="joaquin",
            name="Joaquín Petterson",
            place="Emergency medicine; shifts",
            zone="phoenix",
            style="freebusy",
            hours=DAY,
            habits=(
                Habit("mon 07:00-15:00", "Shift"),
                Habit("fortnightly thu 07:00-15:00", "Shift"),
                Habit("fortnightly fri 15:00-23:00", "Shift"),
                Habit("wed 08:00-12:00", "Residency conference"),
                Habit("tue wed thu fri 13:30-14:15", "Charting"),
                Habit("tue wed thu fri 16:00-16:30", "Operations call"),
                Habit("tue 09:00-11:00", "Simulation teaching"),
                Habit("1st 3rd tue 12:00-13:00", "Quality board"),
            ),
            away=(
                Away("Emergency medicine meeting", date(2027, 5, 11), date(2027, 5, 14)),
                Away("Ski week", date(2027, 2, 22), date(2027, 2, 26)),
            ),
            one_offs=2,
        ),
        Person(
            key="katarzyna",
            name="Katarzyna Mbeki",
            place="Internal medicine",
            zone="phoenix",
            style="outlook",
            hours=DAY,
            clinics=("tue 08:00-12:00", "wed 13:00-17:00"),
            habits=(
                Habit("mon tue wed thu fri 07:30-08:00", "Morning report"),
                Habit("fri 12:00-13:00", "Medicine grand rounds"),
                Habit("mon thu 12:00-12:45", "Resident conference"),
                Habit("mon 14:00-16:00", "Quality project"),
                Habit("thu 09:00-12:00", "Research block", "tentative"),
                Habit("mon tue wed thu fri 17:00-17:30", "Results"),
                Habit("2nd 4th wed 10:00-11:30", "Promotions committee"),
            ),
            service=Service("Teaching ward", 3),
            away=(
                Away("Internal medicine conference", date(2027, 4, 21), date(2027, 4, 24)),
                Away("Visit home", date(2027, 5, 17), date(2027, 5, 28)),
            ),
            one_offs=2,
        ),
        Person(
            key="leilani",
            name="Leilani Dubrovsky",
            place="Pathology",
            zone="phoenix",
            style="google",
            hours=DAY,
            habits=(
                Habit("mon tue wed thu fri 08:30-11:00", "Sign-out"),
                Habit("mon tue wed thu fri 14:00-15:30", "Frozen sections and sign-out"),
                Habit("tue 12:00-13:00", "Tumour board"),
                Habit("thu 07:00-08:00", "Slide conference"),
                Habit("wed 16:00-17:00", "Laboratory council"),
                Habit("fri 12:00-13:30", "Journal club", "tentative"),
            ),
            away=(
                Away("Pathology academy", date(2027, 3, 13), date(2027, 3, 19)),
                Away("Camping", date(2027, 6, 21), date(2027, 6, 25)),
            ),
            one_offs=2,
        ),
        Person(
            key="mateo",
            name="Mateo Oyelaran",
            place="Anaesthesiology; in theatre on three days",
            zone="phoenix",
            style="plain",
            hours=DAY,
            notice='[{ days = 90 }, { days = 60, approver = "theatre manager" }, { days = 30 }]',
            clinics=("thu 08:00-12:00",),
            copies=True,
            habits=(
                Habit("mon tue fri 06:45-15:00", "Operating theatre"),
                Habit("wed 07:00-08:00", "Anaesthesia grand rounds"),
                Habit("wed thu 13:30-15:00", "Resident teaching"),
                Habit("mon tue wed thu fri 15:30-16:00", "Pre-operative calls"),
                Habit("mon tue wed thu fri 19:00-19:30", "Theatre plan for tomorrow"),
                Habit("wed 09:00-12:00", "Safety research", "tentative"),
            ),
            away=(
                Away("Anaesthesia meeting", date(2027, 5, 21), date(2027, 5, 25)),
                Away("Rafting", date(2027, 4, 12), date(2027, 4, 16)),
            ),
            calls=(6, 9),
            one_offs=2,
        ),
        Person(
            key="nasrin",
            name="Nasrin Halloway",
            place="Paediatrics; not at work on Fridays",
            zone="phoenix",
            style="outlook",
            hours=(("mon tue wed thu", "07:00", "18:00"),),
            clinics=("mon 13:00-17:00", "wed 08:00-12:00"),
            copies=True,
            habits=(
                Habit("mon tue wed thu 16:00-16:30", "Patient messages"),
                Habit("tue 07:00-08:00", "Paediatric grand rounds"),
                Habit("mon tue wed thu 08:00-08:20", "Huddle"),
                Habit("tue 13:30-16:00", "Clerkship teaching"),
                Habit("thu 14:00-16:00", "Advocacy project", "tentative"),
                Habit("mon tue wed thu 17:00-17:30", "Nursery pick-up"),
                Habit("fortnightly thu 12:00-13:00", "Equity council"),
                Habit("fri 09:00-11:00", "Pottery"),
            ),
            service=Service("Ward attending", 4, blocks=True),
            away=(Away("Paediatric academic meeting", date(2027, 4, 29), date(2027, 5, 3)),),
            one_offs=2,
        ),
        Person(
            key="otis",
            name="Otis Ferrante",
            place="Neurology; works from Colorado, where the clocks change",
            zone="denver",
            style="google",
            hours=(("mon tue wed thu fri", "08:00", "18:00"),),
            preferred=(("mon tue wed thu fri", "09:00", "17:00"),),
            clinics=("tue 13:00-17:00", "fri 08:00-12:00"),
            habits=(
                Habit("mon tue wed thu fri 08:15-08:45", "Telestroke hand-over"),
                Habit("mon 13:30-15:00", "Epilepsy conference"),
                Habit("wed thu 10:00-11:30", "Telestroke hours"),
                Habit("wed 15:00-17:00", "Analysis", "tentative"),
                Habit("mon tue wed thu fri 17:15-17:45", "Results"),
                Habit("last thu 12:00-13:00", "Journal club"),
            ),
            service=Service("Telestroke week", 5),
            away=(Away("Neurology annual meeting", date(2027, 4, 10), date(2027, 4, 15)),),
            one_offs=2,
        ),
    ),
)
