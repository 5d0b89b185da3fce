"""A roadmap group in Chicago that meets for whole half-days, three in a semester."""

from datetime import date

from people import Away, Group, Habit, Person, Service

DAY = (("mon tue wed thu fri", "07:30", "18:00"),)

PREAMBLE = """\
# A roadmap group of twelve that meets for half-days: three in a semester, six weeks apart.
# Plan it with: commonhour plan examples/roadmap-half-days/problem.toml
# Written by examples/generate.py; everyone in it is invented.

title = "Roadmap group in half-days, Lakefront Medical Center"
timezone = "America/Chicago"
planning_date = 2026-12-01

# A whole half-day of clinic is closed for whoever asks 60 days ahead.
notice = [{ days = 60 }, { days = 30, approver = "section head" }]

[term]
start = 2027-01-04
end = 2027-06-30

[meeting]
minutes = 240

[cadence]
kind = "spread"  # any days, one time of day
count = 3
min_gap_days = 42

# The two touch, so they are one window: a start at 10:00 lies inside it as well. Who wants none of
# those leaves a gap between them.
[[windows]]
days = ["mon", "tue", "wed", "thu", "fri"]
start = "08:00"
end = "12:30"

[[windows]]
days = ["mon", "tue", "wed", "thu", "fri"]
start = "12:30"
end = "17:00"

[quorum]
count = 8  # of twelve

[[blackouts]]
start = 2027-01-18
end = 2027-01-18
name = "Martin Luther King Jr. Day"

[[blackouts]]
start = 2027-03-22
end = 2027-03-26
name = "spring break"

[[blackouts]]
start = 2027-05-31
end = 2027-05-31
name = "Memorial Day"
"""

ROADMAP_HALF_DAYS = Group(
    folder="roadmap-half-days",
    preamble=PREAMBLE,
    people=(
        Person(
            key="abena",
            name="Abena Kristoffersen",
            place="Neonatology; coordinator of the group",
            zone="chicago",
            style="google",
            hours=DAY,
            clinics=("tue 08:00-12:00",),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 07:30-08:00", "Sign-in round"),
                Habit("mon wed 12:00-13:00", "Follow-up conference"),
                Habit("mon tue wed thu 16:45-17:15", "Nursery pick-up"),
                Habit("thu 13:00-14:00", "Division meeting"),
                Habit("wed 14:00-16:00", "Writing", "tentative"),
            ),
            service=Service("Neonatal unit", 1, blocks=True),
            away=(Away("Paediatric academic meeting", date(2027, 4, 29), date(2027, 5, 3)),),
            one_offs=1,
        ),
        Person(
            key="bruno",
            name="Bruno Achterhof",
            place="Orthopaedics",
            zone="chicago",
            style="outlook",
            hours=DAY,
            clinics=("wed 08:00-12:00", "mon 13:00-17:00"),
            copies=True,
            habits=(
                Habit("tue 07:15-16:00", "Operating theatre"),
                Habit("fortnightly thu 07:15-16:00", "Operating theatre"),
                Habit("mon tue wed thu fri 06:30-07:15", "Ward round"),
                Habit("mon tue wed thu fri 17:00-17:30", "Messages"),
                Habit("fri 07:00-08:00", "Fracture conference"),
            ),
            away=(Away("Orthopaedic academy", date(2027, 3, 1), date(2027, 3, 5)),),
            calls=(9, 14),
            one_offs=2,
        ),
        Person(
            key="carys",
            name="Carys Mohammadi",
            place="General internal medicine",
            zone="chicago",
            style="google",
            hours=DAY,
            clinics=("mon 08:00-12:00", "fri 13:00-17:00"),
            habits=(
                Habit("mon tue wed thu fri 12:15-12:45", "Patient messages"),
                Habit("mon tue wed thu fri 07:30-08:00", "Huddle"),
                Habit("tue 14:00-15:00", "Section meeting"),
                Habit("wed 13:00-15:00", "Writing", "tentative"),
                Habit("wed 10:00-11:00", "Student teaching"),
            ),
            service=Service("Teaching service", 3),
            away=(Away("General medicine conference", date(2027, 5, 12), date(2027, 5, 15)),),
            one_offs=2,
        ),
        Person(
            key="daichi",
            name="Daichi Ferreira",
            place="Radiology",
            zone="chicago",
            style="freebusy",
            hours=DAY,
            habits=(
                Habit("mon wed 08:00-12:00", "Reading room"),
                Habit("mon tue thu 13:00-16:30", "Reading room"),
                Habit("mon tue wed thu fri 07:30-08:00", "Overnight review"),
                Habit("wed 16:00-17:00", "Tumour board"),
                Habit("fri 12:00-13:00", "Teaching conference"),
            ),
            away=(Away("Radiology symposium", date(2027, 2, 8), date(2027, 2, 12)),),
            one_offs=2,
        ),
        Person(
            key="elif",
            name="Elif Thorsen",
            place="Dermatology",
            zone="chicago",
            style="outlook",
            hours=DAY,
            clinics=("mon wed 08:00-12:00", "tue 13:00-17:00"),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 12:00-12:30", "Pathology results"),
                Habit("mon tue wed thu fri 17:15-17:45", "Letters"),
                Habit("thu 08:00-09:00", "Grand rounds"),
                Habit("thu 13:00-15:00", "Trial office", "tentative"),
            ),
            away=(
                Away("Dermatology academy", date(2027, 3, 19), date(2027, 3, 23)),
                Away("Holiday", date(2027, 6, 14), date(2027, 6, 25)),
            ),
            one_offs=2,
        ),
        Person(
            key="feng",
            name="Feng Abernathy",
            place="Haematology",
            zone="chicago",
            style="plain",
            hours=DAY,
            clinics=("tue thu 08:00-12:00",),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 12:15-12:45", "Smear review"),
                Habit("mon tue wed thu fri 17:00-17:30", "Results"),
                Habit("wed 08:00-09:00", "Transplant meeting"),
                Habit("mon 14:00-16:00", "Laboratory", "tentative"),
            ),
            service=Service("Consult service", 0),
            away=(Away("Cell therapy meeting", date(2027, 2, 9), date(2027, 2, 13)),),
            one_offs=2,
        ),
        Person(
            key="gulnara",
            name="Gulnara Whitcombe",
            place="Psychiatry; works four days, not on Mondays",
            zone="chicago",
            style="google",
            hours=(("tue wed thu fri", "08:00", "18:00"),),
            clinics=("wed 13:00-17:00", "thu 08:00-12:00"),
            habits=(
                Habit("tue wed thu fri 12:15-12:45", "Team conference"),
                Habit("tue wed thu fri 07:30-08:00", "Ward huddle"),
                Habit("tue 13:00-16:00", "Psychotherapy hours"),
                Habit("fri 10:00-12:00", "Supervision"),
                Habit("tue wed thu fri 17:00-17:45", "Letters"),
            ),
            service=Service("Crisis service", 4, blocks=True),
            away=(Away("Psychiatry annual meeting", date(2027, 5, 20), date(2027, 5, 26)),),
            one_offs=2,
        ),
        Person(
            key="hamish",
            name="Hamish Okafor",
            place="Anaesthesiology; asks for 90 days' notice",
            zone="chicago",
            style="outlook",
            hours=DAY,
            notice='[{ days = 90 }, { days = 60, approver = "theatre manager" }]',
            clinics=("fri 08:00-12:00",),
            habits=(
                Habit("mon wed 06:45-15:30", "Operating theatre"),
                Habit("fortnightly tue 06:45-15:30", "Operating theatre"),
                Habit("mon tue wed thu fri 17:00-17:30", "Pre-operative calls"),
                Habit("mon tue wed thu fri 19:00-19:20", "Theatre plan for tomorrow"),
                Habit("thu 07:30-08:30", "Grand rounds"),
            ),
            away=(Away("Climbing", date(2027, 4, 5), date(2027, 4, 9)),),
            calls=(5, 11),
            one_offs=2,
        ),
        Person(
            key="ilse",
            name="Ilse Marchetti-Rao",
            place="Obstetrics",
            zone="chicago",
            style="google",
            hours=DAY,
            clinics=("mon 13:00-17:00", "wed 08:00-12:00"),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 07:30-08:00", "Labour ward hand-over"),
                Habit("tue 08:00-13:00", "Gynaecological surgery"),
                Habit("mon tue wed thu fri 17:30-18:00", "Messages"),
                Habit("thu 14:00-15:00", "Midwives' meeting"),
                Habit("fri 13:00-14:00", "Division meeting", "tentative"),
            ),
            service=Service("Labour ward", 5),
            away=(Away("Obstetric meeting", date(2027, 5, 1), date(2027, 5, 4)),),
            one_offs=1,
        ),
        Person(
            key="javier",
            name="Javier Sundaram",
            place="Neurology",
            zone="chicago",
            style="outlook",
            hours=DAY,
            clinics=("tue 13:00-17:00", "fri 13:00-17:00"),
            habits=(
                Habit("mon tue wed thu fri 12:00-12:30", "Consult review"),
                Habit("mon tue wed thu fri 07:30-08:00", "Stroke huddle"),
                Habit("mon 09:00-11:00", "Laboratory meeting"),
                Habit("thu 08:30-09:30", "Grand rounds"),
                Habit("wed 13:00-15:00", "Analysis", "tentative"),
            ),
            service=Service("Stroke service", 2),
            away=(Away("Neurology annual meeting", date(2027, 4, 10), date(2027, 4, 15)),),
            one_offs=2,
        ),
        Person(
            key="kwabena",
            name="Kwabena Solheim",
            place="Emergency medicine; has not connected a calendar yet",
            zone="chicago",
            hours=DAY,
        ),
        Person(
            key="linnea",
            name="Linnea Barraza",
            place="Family medicine",
            zone="chicago",
            style="plain",
            hours=DAY,
            clinics=("mon fri 08:00-12:00",),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 12:30-13:00", "Patient messages"),
                Habit("mon tue wed thu fri 17:00-17:30", "Case management"),
                Habit("tue 10:00-11:00", "Course planning"),
                Habit("thu 13:00-14:30", "Community board"),
                Habit("wed 15:00-17:00", "Writing", "tentative"),
            ),
            service=Service("Inpatient service", 4, blocks=True),
            away=(Away("Family medicine conference", date(2027, 4, 24), date(2027, 4, 28)),),
            one_offs=2,
        ),
    ),
)
