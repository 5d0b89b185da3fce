"""A department's own programme in New York: ten junior faculty, a curriculum of six afternoons."""

from datetime import date

from people import Away, Group, Habit, Person, Service

DAY = (("mon tue wed thu fri", "08:00", "18:00"),)

PREAMBLE = """\
# A department's programme: ten members, a curriculum of six afternoons, one a month.
# Plan it with: commonhour plan examples/department-programme/problem.toml
# Written by examples/generate.py; everyone in it is invented.

title = "Mentoring programme, Department of Medicine, Hudson Ridge University"
timezone = "America/New_York"
planning_date = 2026-12-01
notice = [{ days = 60 }, { days = 30, approver = "division chief" }]

[term]
start = 2027-01-04
end = 2027-06-30

[meeting]
minutes = 120
before = 10  # the way from clinic and back
after = 10

[cadence]
kind = "monthly"
ordinals = [1, 2, 3, 4, -1]
count = 6  # the curriculum has six parts: a day the term holds five times loses one

[[windows]]
days = ["mon", "tue", "wed", "thu", "fri"]
start = "12:00"
end = "18:00"

[quorum]
share = 0.6  # six of ten

[[blackouts]]
start = 2027-02-15
end = 2027-02-19
name = "winter recess"

[[blackouts]]
start = 2027-05-31
end = 2027-05-31
name = "Memorial Day"

[[blackouts]]
start = 2027-06-18
end = 2027-06-18
name = "Juneteenth (observed)"
"""

DEPARTMENT_PROGRAMME = Group(
    folder="department-programme",
    preamble=PREAMBLE,
    people=(
        Person(
            key="petra",
            name="Petra Olumide",
            place="General internal medicine; directs the programme and must be there",
            style="google",
            hours=DAY,
            required=True,
            clinics=("mon 13:00-17:00",),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 08:30-09:00", "Office huddle"),
                Habit("mon tue wed thu fri 11:30-12:00", "Patient messages"),
                Habit("wed 13:00-15:00", "Department leadership"),
                Habit("fri 12:00-13:00", "Grand rounds"),
                Habit("tue 09:30-11:00", "Curriculum committee"),
                Habit("thu 09:00-11:00", "Writing", "tentative"),
                Habit("2nd tue 16:00-17:30", "Promotions committee"),
            ),
            away=(
                Away("Faculty affairs meeting", date(2027, 4, 12), date(2027, 4, 16)),
                Away("Holiday", date(2027, 6, 21), date(2027, 6, 25)),
            ),
            one_offs=2,
        ),
        Person(
            key="rafael",
            name="Rafael Nordstrom",
            place="Cardiology",
            style="outlook",
            hours=DAY,
            clinics=("tue 13:00-17:00", "thu 08:00-12:00"),
            habits=(
                Habit("mon tue wed thu fri 16:45-17:15", "Reading echoes"),
                Habit("mon wed 08:00-13:30", "Catheterisation laboratory"),
                Habit("fri 08:00-09:00", "Catheterisation conference"),
                Habit("mon tue wed thu fri 07:30-08:00", "Hand-over"),
                Habit("thu 12:30-13:15", "Fellows' teaching"),
                Habit("fri 10:00-12:00", "Research block", "tentative"),
            ),
            service=Service("Cardiac care unit", 2),
            away=(
                Away("Cardiology congress", date(2027, 3, 12), date(2027, 3, 16)),
                Away("Visit to grandparents", date(2027, 4, 26), date(2027, 4, 30)),
            ),
            calls=(11, 15),
            one_offs=2,
        ),
        Person(
            key="saoirse",
            name="Saoirse Adjei",
            place="Rheumatology",
            style="google",
            hours=DAY,
            clinics=("mon wed 13:00-17:00", "fri 08:00-12:00"),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 12:15-12:45", "Results"),
                Habit("tue 08:00-09:00", "Rheumatology rounds"),
                Habit("mon tue wed thu 17:15-17:45", "School pick-up"),
                Habit("tue 13:00-15:00", "Infusion centre"),
                Habit("thu 09:00-12:00", "Trial office", "tentative"),
                Habit("3rd thu 13:00-14:30", "Journal club"),
            ),
            service=Service("Consult service", 4),
            away=(Away("Rheumatology meeting", date(2027, 6, 2), date(2027, 6, 5)),),
            one_offs=2,
        ),
        Person(
            key="tevita",
            name="Tevita Castellucci",
            place="Hospital medicine; the roster of June is not out yet",
            style="plain",
            hours=DAY,
            habits=(
                Habit("mon tue wed thu fri 08:00-08:30", "Bed huddle"),
                Habit("mon tue wed thu fri 12:30-13:00", "Case review"),
                Habit("tue 12:00-13:00", "Hospital operations"),
                Habit("wed 09:00-11:00", "Analysis", "tentative"),
                Habit("mon wed 10:00-11:00", "Student rounds"),
                Habit("thu 12:00-13:00", "Section meeting"),
            ),
            service=Service("Inpatient week", 0, blocks=True, every=3),
            away=(Away("Hospital medicine conference", date(2027, 5, 4), date(2027, 5, 7)),),
            calls=(18, 24),
            one_offs=2,
            known_until=date(2027, 5, 31),
        ),
        Person(
            key="uma",
            name="Uma Vasquez-Lind",
            place="Nephrology",
            style="outlook",
            hours=DAY,
            clinics=("wed 08:00-12:00", "thu 13:00-17:00"),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 09:00-09:30", "Dialysis round"),
                Habit("mon fri 10:00-12:00", "Dialysis unit"),
                Habit("tue 16:00-17:00", "Transplant board"),
                Habit("mon tue wed thu fri 17:30-18:00", "Messages"),
                Habit("fri 13:00-15:00", "Laboratory", "tentative"),
                Habit("mon 12:00-13:00", "Renal conference"),
            ),
            service=Service("Consult service", 1, blocks=True),
            away=(Away("Nephrology spring meeting", date(2027, 4, 6), date(2027, 4, 10)),),
            one_offs=2,
        ),
        Person(
            key="viktor",
            name="Viktor Amankwah",
            place="Gastroenterology",
            style="freebusy",
            hours=DAY,
            habits=(
                Habit("mon tue wed 08:00-13:00", "Endoscopy"),
                Habit("fri 13:00-16:00", "Endoscopy"),
                Habit("thu 12:00-13:00", "Gastroenterology conference"),
                Habit("mon tue wed thu fri 17:00-17:30", "Letters"),
                Habit("mon tue wed thu fri 07:30-07:55", "Sign-in"),
                Habit("mon 15:00-16:00", "Fellow supervision"),
                Habit("wed 15:00-16:30", "Trial call", "tentative"),
            ),
            away=(
                Away("Digestive disease week", date(2027, 5, 1), date(2027, 5, 5)),
                Away("Sailing", date(2027, 6, 14), date(2027, 6, 18)),
            ),
            one_offs=2,
        ),
        Person(
            key="wanjiru",
            name="Wanjiru Kowalczyk",
            place="Infectious diseases; the section asks for 90 days' notice",
            style="google",
            hours=DAY,
            notice='[{ days = 90 }, { days = 45, approver = "clinic director" }]',
            clinics=("tue 13:00-17:00", "fri 08:00-12:00"),
            habits=(
                Habit("mon tue wed thu fri 11:00-11:45", "Stewardship"),
                Habit("mon 12:30-14:00", "Infection control"),
                Habit("wed 08:00-09:00", "Microbiology rounds"),
                Habit("mon tue wed thu fri 16:30-17:00", "Consult calls"),
                Habit("thu 15:30-16:30", "Fellow supervision"),
                Habit("wed 10:00-12:00", "Research block", "tentative"),
            ),
            service=Service("Consult service", 3, blocks=True),
            away=(Away("Infection congress", date(2027, 4, 16), date(2027, 4, 20)),),
            one_offs=2,
        ),
        Person(
            key="xiomara",
            name="Xiomara Lindqvist-Bah",
            place="Endocrinology; on leave until the end of January",
            style="outlook",
            hours=DAY,
            clinics=("mon wed 08:00-12:00",),
            habits=(
                Habit("mon tue wed thu fri 13:00-13:30", "Glucose round"),
                Habit("mon tue wed thu fri 08:00-08:30", "Huddle"),
                Habit("tue 14:00-15:30", "Thyroid conference"),
                Habit("fri 09:00-12:00", "Writing", "tentative"),
                Habit("wed 17:00-18:30", "Yoga"),
                Habit("mon fri 15:00-15:45", "Telephone visits"),
            ),
            away=(
                Away("Parental leave", date(2027, 1, 4), date(2027, 1, 31)),
                Away("Endocrine meeting", date(2027, 6, 12), date(2027, 6, 15)),
            ),
            one_offs=2,
        ),
        Person(
            key="yusuf",
            name="Yusuf Brennan",
            place="Pulmonary and critical care; has not connected a calendar yet",
            hours=DAY,
        ),
        Person(
            key="zofia",
            name="Zofia Ramanathan",
            place="Geriatrics; sees patients in Chicago two days a week and lives there",
            zone="chicago",
            style="plain",
            hours=(("mon tue wed thu fri", "08:00", "17:30"),),
            clinics=("mon tue 08:00-12:00",),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 12:30-13:00", "Care team call"),
                Habit("wed 09:00-11:00", "Home visits"),
                Habit("fri 13:00-15:00", "Dementia study"),
                Habit("mon tue wed thu fri 08:00-08:20", "Huddle"),
                Habit("mon 14:00-15:00", "Division meeting"),
                Habit("thu 08:30-11:00", "Analysis", "tentative"),
            ),
            service=Service("Nursing home weeks", 5, blocks=True),
            away=(Away("Geriatrics meeting", date(2027, 5, 12), date(2027, 5, 15)),),
            one_offs=2,
        ),
    ),
)
