"""A roadmap group: eight faculty of one hospital in Boston, at breakfast once a month."""

from datetime import date

from people import Away, Group, Habit, Person, Service

NEXT_WEEK = date(2026, 9, 15)  # the other fortnight
WEEKDAYS = "mon tue wed thu fri"

PREAMBLE = """\
# A roadmap group: eight faculty of one hospital, who meet at breakfast once a month.
# Plan it with: commonhour plan examples/roadmap/problem.toml
# Written by examples/generate.py; everyone in it is invented.

title = "Roadmap group, Long Pier Hospital"
timezone = "America/New_York"
planning_date = 2026-12-01

# Clinics are cleared for whoever asks 60 days ahead; from 30 days on the section head decides.
notice = [{ days = 60 }, { days = 30, approver = "section head" }]

[term]
start = 2027-01-04
end = 2027-06-30

[meeting]
minutes = 60

[cadence]
kind = "monthly"
ordinals = [1, 2, 3, 4, -1]  # any of these; -1 is the last of the month

[[windows]]
days = ["mon", "tue", "wed", "thu", "fri"]
start = "06:30"
end = "08:30"

[quorum]
share = 0.5  # four of eight

[[blackouts]]
start = 2027-03-15
end = 2027-03-19
name = "spring break"
"""

ROADMAP = Group(
    folder="roadmap",
    preamble=PREAMBLE,
    people=(
        Person(
            key="adaeze",
            name="Adaeze Whitlock",
            place="General internal medicine; coordinator of the group",
            style="google",
            hours=((WEEKDAYS, "06:30", "18:00"),),
            clinics=("mon thu 08:00-12:00", "wed 13:00-17:00"),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 12:15-12:45", "Patient messages"),
                Habit("tue 08:00-09:00", "Section meeting"),
                Habit("fri 08:00-09:00", "Medicine grand rounds"),
                Habit("tue 09:30-12:00", "Research block", "tentative"),
                Habit("fri 13:00-16:00", "Writing", "tentative"),
                Habit("wed 07:30-08:00", "Residency leadership"),
                Habit("mon thu 17:30-18:30", "Choir and family"),
                Habit("1st 3rd mon 13:00-14:00", "Journal club"),
                Habit("fortnightly thu 15:00-16:00", "Mentoring committee"),
                Habit("tue thu 16:30-17:00", "Resident sign-off"),
            ),
            service=Service("Inpatient teaching service", 3, blocks=True),
            away=(
                Away("Internal medicine conference", date(2027, 4, 21), date(2027, 4, 24)),
                Away("Holiday with family", date(2027, 2, 16), date(2027, 2, 19)),
            ),
        ),
        Person(
            key="benedikt",
            name="Benedikt Sorrano",
            place="Cardiology",
            style="outlook",
            hours=((WEEKDAYS, "06:30", "18:30"),),
            clinics=("tue 08:00-12:00", "thu 13:00-17:00"),
            copies=True,
            habits=(
                Habit("mon wed 07:15-12:30", "Catheterisation laboratory"),
                Habit("fri 07:00-08:00", "Catheterisation conference"),
                Habit("mon tue wed thu fri 16:30-17:00", "Reading echoes"),
                Habit("wed 17:00-18:00", "Cardiology grand rounds"),
                Habit("tue 12:00-13:00", "Fellows' teaching"),
                Habit("wed 13:00-15:00", "Trial office", "tentative"),
                Habit("fri 09:00-12:00", "Research block", "tentative"),
                Habit("mon 13:00-14:00", "Division meeting"),
                Habit("fortnightly fri 13:00-14:00", "Heart team"),
                Habit("thu 10:00-11:00", "Trial steering call"),
            ),
            service=Service("Cardiac care unit", 1),
            away=(
                Away("Cardiology congress", date(2027, 3, 12), date(2027, 3, 16)),
                Away("Skiing", date(2027, 2, 22), date(2027, 2, 26)),
            ),
            calls=(10, 15),
        ),
        Person(
            key="catalina",
            name="Catalina Ferreyra",
            place="Paediatrics; takes the children to school on three mornings",
            style="google",
            hours=((WEEKDAYS, "06:30", "17:30"),),
            clinics=("mon tue 08:00-12:00", "fri 08:00-12:00"),
            habits=(
                Habit("mon wed fri 07:30-08:10", "School run"),
                Habit("mon tue wed thu fri 12:30-13:00", "Patient messages"),
                Habit("wed 08:30-09:30", "Paediatric grand rounds"),
                Habit("thu 09:00-12:00", "Curriculum work", "tentative"),
                Habit("tue 13:00-14:00", "Clerkship meeting"),
                Habit("thu 13:30-15:30", "Simulation teaching"),
                Habit("mon wed 16:30-17:30", "Football practice, pick-up"),
                Habit("2nd 4th thu 07:30-08:30", "Education council"),
                Habit("fri 13:00-14:00", "Division meeting"),
            ),
            service=Service("Inpatient ward", 5, blocks=True),
            away=(
                Away("Paediatric academic meeting", date(2027, 4, 29), date(2027, 5, 3)),
                Away("School holiday week", date(2027, 4, 19), date(2027, 4, 23)),
            ),
            calls=(19, 24),
        ),
        Person(
            key="dov",
            name="Dov Lindqvist",
            place="Surgery",
            style="plain",
            hours=((WEEKDAYS, "06:30", "19:00"),),
            clinics=("wed 08:00-12:00", "mon 13:00-17:00"),
            copies=True,
            habits=(
                Habit("tue 07:15-16:00", "Operating theatre"),
                Habit("fortnightly thu 07:15-16:00", "Operating theatre"),
                Habit("wed 07:00-08:00", "Morbidity and mortality conference"),
                Habit("mon tue wed thu fri 06:15-07:00", "Ward round"),
                Habit("mon 07:30-08:00", "Surgical sign-out"),
                Habit("fri 08:00-10:00", "Skills laboratory"),
                Habit("fri 10:00-13:00", "Research block", "tentative"),
                Habit("wed 13:00-14:00", "Tumour board"),
                Habit("mon wed fri 17:00-17:30", "Afternoon round"),
                Habit("1st mon 18:00-19:30", "Journal club"),
            ),
            service=Service("Acute care surgery", 2),
            away=(
                Away("Surgical congress", date(2027, 2, 9), date(2027, 2, 12)),
                Away("Hiking", date(2027, 6, 21), date(2027, 6, 25)),
            ),
            calls=(5, 11),
        ),
        Person(
            key="eun-ji",
            name="Eun-ji Marchetti",
            place="Neurology; reachable from seven o'clock",
            style="outlook",
            hours=((WEEKDAYS, "07:00", "18:00"),),
            clinics=("wed thu 08:00-12:00", "tue 13:00-17:00"),
            copies=True,
            habits=(
                Habit("tue 07:30-08:30", "Stroke rounds"),
                Habit("mon tue wed thu fri 12:00-12:30", "Consult review"),
                Habit("fri 08:00-09:00", "Neurology grand rounds"),
                Habit("mon 10:00-12:00", "Laboratory meeting"),
                Habit("fri 10:00-12:30", "Research block", "tentative"),
                Habit("mon thu 15:00-16:00", "Student supervision"),
                Habit("wed 14:00-15:00", "Trial call", "tentative"),
                Habit("fortnightly mon 17:00-18:00", "Department council"),
                Habit("wed 18:30-20:00", "Orchestra"),
            ),
            service=Service("Stroke service", 4),
            away=(
                Away("Neurology annual meeting", date(2027, 4, 10), date(2027, 4, 15)),
                Away("Visit to parents", date(2027, 2, 4), date(2027, 2, 12)),
            ),
        ),
        Person(
            key="farid",
            name="Farid Castellane",
            place="Infectious diseases; the section asks for 90 days' notice",
            style="google",
            hours=((WEEKDAYS, "06:30", "18:00"),),
            notice='[{ days = 90 }, { days = 45, approver = "clinic director" }]',
            clinics=("tue 08:00-12:00", "fri 08:00-12:00"),
            habits=(
                Habit("mon 07:30-08:30", "Infectious disease rounds"),
                Habit("mon tue wed thu fri 13:00-13:30", "Antibiotic stewardship"),
                Habit("wed 08:00-09:00", "Microbiology rounds"),
                Habit("mon 09:00-10:00", "Outbreak call", "tentative"),
                Habit("wed 10:00-12:00", "Research block", "tentative"),
                Habit("tue thu 16:00-17:00", "Fellow supervision"),
                Habit("mon 14:00-15:00", "Infection control committee"),
                Habit("2nd wed 16:00-17:30", "Journal club"),
                Habit("fri 14:00-15:00", "Division meeting"),
                Habit("thu 12:00-13:00", "Clinical case conference"),
            ),
            service=Service("Consult service", 0, blocks=True),
            away=(
                Away("Infection congress", date(2027, 4, 16), date(2027, 4, 20)),
                Away("Family celebration", date(2027, 3, 9), date(2027, 3, 10)),
            ),
        ),
        Person(
            key="grace",
            name="Grace Tumwesige",
            place="Obstetrics; does not work on Fridays",
            style="outlook",
            hours=(("mon tue wed thu", "06:30", "18:00"),),
            clinics=("mon thu 08:00-12:00",),
            copies=True,
            habits=(
                Habit("wed 07:00-08:00", "Obstetric grand rounds"),
                Habit("mon thu 07:00-07:30", "Labour ward sign-out"),
                Habit("mon tue wed thu 17:00-17:30", "Patient messages"),
                Habit("tue 08:30-15:30", "Gynaecological surgery"),
                Habit("wed 09:00-12:00", "Quality project", "tentative"),
                Habit("mon 13:00-16:00", "Ultrasound"),
                Habit("mon wed thu 12:30-13:00", "Resident teaching"),
                Habit("thu 13:00-14:00", "Division meeting"),
                Habit("wed 13:30-14:30", "Midwives' meeting"),
                Habit("fri 08:00-12:00", "At home", "elsewhere"),
                Habit("fri 09:30-11:00", "Swimming"),
                Habit("tue thu 16:00-16:30", "Telephone clinic"),
            ),
            service=Service("Labour ward", 5),
            away=(Away("Family holiday", date(2027, 6, 14), date(2027, 6, 25)),),
            calls=(7, 16),
        ),
        Person(
            key="henrik",
            name="Henrik Balasubram",
            place="Hospital medicine; on jury duty for two mornings, typed in by hand",
            style="plain",
            hours=((WEEKDAYS, "06:30", "18:00"),),
            clinics=("fri 08:00-12:00",),
            habits=(
                Habit("mon tue wed thu fri 13:00-13:30", "Bed huddle"),
                Habit("tue 07:00-08:00", "Hospital operations"),
                Habit("mon 08:15-09:15", "Hospital medicine meeting"),
                Habit("fortnightly thu 08:00-09:00", "Executive committee", "tentative", NEXT_WEEK),
                Habit("wed thu 09:30-12:00", "Analysis", "tentative"),
                Habit("mon wed 15:00-16:00", "Case review"),
                Habit("tue thu 14:00-15:00", "Student rounds"),
                Habit("fortnightly wed 07:30-08:30", "Safety round"),
                Habit("3rd fri 16:00-17:00", "Journal club"),
                Habit("tue fri 17:30-18:30", "Running club"),
            ),
            service=Service("Inpatient week", 1, blocks=True),
            away=(
                Away("Hospital medicine conference", date(2027, 5, 11), date(2027, 5, 14)),
                Away("Holiday", date(2027, 3, 22), date(2027, 3, 26)),
            ),
            calls=(12, 21),
            typed="""[
  ["2027-02-08T08:00", "2027-02-08T13:00", "unavailable"],
  ["2027-02-09T08:00", "2027-02-09T13:00", "unavailable"],
]""",
        ),
    ),
)
