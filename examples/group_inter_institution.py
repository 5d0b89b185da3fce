"""Twelve members at nine universities, in five time zones, by video once a month."""

from datetime import date

from people import Away, Group, Habit, Person, Service

OFFICE = (("mon tue wed thu fri", "08:00", "18:00"),)
TIERS = '[{ days = 60 }, { days = 30, approver = "section head" }]'

PREAMBLE = """\
# Twelve members at nine universities, in five time zones, who meet by video once a month.
# Plan it with: commonhour plan examples/inter-institution/problem.toml
# Written by examples/generate.py; everyone in it, and every university, is invented.

title = "Inter-institution group"
timezone = "America/New_York"
planning_date = 2026-12-01

[term]
start = 2027-01-04
end = 2027-06-30

[meeting]
minutes = 60

[cadence]
kind = "monthly"
ordinals = [1, 2, 3, 4, -1]  # any of these; -1 is the last of the month

# New York time. Only starts from 11:00 to 17:00 lie within 08:00 to 18:00 for everyone, from
# New York to Los Angeles; the wider window lets the planner weigh an hour that loses someone.
[[windows]]
days = ["mon", "tue", "wed", "thu", "fri"]
start = "08:00"
end = "20:00"

[quorum]
share = 0.5  # six of twelve

[[blackouts]]
start = 2027-01-18
end = 2027-01-18
name = "Martin Luther King Jr. Day"

[[blackouts]]
start = 2027-02-15
end = 2027-02-15
name = "Presidents' Day"

[[blackouts]]
start = 2027-05-31
end = 2027-05-31
name = "Memorial Day"

[[blackouts]]
start = 2027-06-18
end = 2027-06-18
name = "Juneteenth (observed)"
"""

INTER_INSTITUTION = Group(
    folder="inter-institution",
    preamble=PREAMBLE,
    people=(
        Person(
            key="ines",
            name="Ines Okonjo-Varga",
            place="Hudson Ridge University; coordinator of the group",
            style="google",
            hours=OFFICE,
            notice=TIERS,
            clinics=("mon 13:00-17:00", "wed 08:00-12:00"),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 08:30-09:00", "Team huddle"),
                Habit("wed 12:00-13:00", "Departmental seminar"),
                Habit("tue 09:00-12:00", "Research block", "tentative"),
                Habit("fri 13:00-16:00", "Writing", "tentative"),
                Habit("thu 07:00-08:00", "Medicine grand rounds"),
                Habit("thu 10:00-11:30", "Grant team"),
                Habit("fortnightly thu 12:00-13:00", "Manuscript group", "tentative"),
                Habit("tue thu 17:00-17:45", "School pick-up"),
                Habit("mon 11:00-12:00", "Division meeting"),
                Habit("2nd 4th tue 16:00-17:00", "Journal club"),
                Habit("fri 10:00-11:00", "Faculty development"),
            ),
            service=Service("Inpatient service", 2, blocks=True),
            away=(
                Away("General medicine conference", date(2027, 5, 12), date(2027, 5, 15)),
                Away("Spring holiday", date(2027, 4, 5), date(2027, 4, 9)),
            ),
        ),
        Person(
            key="jamal",
            name="Jamal Petrossian",
            place="Schuylmore College of Medicine",
            style="outlook",
            hours=OFFICE,
            notice=TIERS,
            clinics=("tue 13:00-17:00", "thu 13:00-17:00"),
            habits=(
                Habit("mon tue wed thu fri 08:00-08:30", "Sign-in round"),
                Habit("mon 09:00-12:00", "Endoscopy"),
                Habit("wed 13:00-14:00", "Tumour board"),
                Habit("fri 12:00-13:00", "Gastroenterology conference"),
                Habit("wed 09:00-12:00", "Research block", "tentative"),
                Habit("mon wed fri 16:30-17:00", "Results and letters"),
                Habit("tue 10:00-11:00", "Division meeting"),
                Habit("fortnightly thu 11:00-12:00", "Promotions committee"),
                Habit("1st wed 17:00-18:30", "Journal club"),
                Habit("fri 14:00-15:00", "Fellows' teaching"),
            ),
            service=Service("Consult service", 0),
            away=(
                Away("Digestive disease week", date(2027, 5, 1), date(2027, 5, 5)),
                Away("Holiday", date(2027, 2, 16), date(2027, 2, 19)),
            ),
            calls=(9, 13),
        ),
        Person(
            key="keiko",
            name="Keiko Adeyemi-Ross",
            place="Peachwood University",
            style="plain",
            hours=OFFICE,
            clinics=("mon 08:00-12:00", "thu 08:00-12:00"),
            notice='[{ days = 90 }, { days = 45, approver = "clinic manager" }]',
            habits=(
                Habit("mon tue wed fri 12:00-12:30", "Patient messages"),
                Habit("tue 08:00-12:00", "Laboratory", "tentative"),
                Habit("wed 07:00-08:00", "Paediatric grand rounds"),
                Habit("wed 14:00-15:30", "Residency interviews and review"),
                Habit("fri 08:30-10:00", "Clinical competency committee"),
                Habit("mon thu 16:30-17:30", "Trainee supervision"),
                Habit("tue 13:00-14:00", "Division meeting"),
                Habit("fortnightly fri 15:00-16:00", "Equity council"),
                Habit("wed fri 17:30-18:30", "Pottery"),
                Habit("last thu 12:30-13:30", "Journal club"),
            ),
            service=Service("Ward attending", 4, blocks=True),
            away=(
                Away("Paediatric academic meeting", date(2027, 4, 29), date(2027, 5, 3)),
                Away("Visit home", date(2027, 3, 22), date(2027, 4, 2)),
            ),
        ),
        Person(
            key="lucia",
            name="Lucía Thornbury",
            place="Erieview Medical School; shares times only, no titles",
            style="freebusy",
            hours=OFFICE,
            habits=(
                Habit("mon tue wed thu fri 07:30-08:00", "Sign-out"),
                Habit("mon wed 08:00-12:00", "Operating theatre"),
                Habit("tue 13:00-16:00", "Pre-operative clinic"),
                Habit("wed 07:00-07:30", "Surgical conference"),
                Habit("thu 09:00-12:00", "Simulation centre", "tentative"),
                Habit("fri 13:00-14:00", "Department meeting"),
                Habit("mon thu 14:30-15:00", "Resident check-in"),
                Habit("tue wed thu fri 17:00-17:30", "Afternoon round"),
                Habit("fri 10:00-11:00", "Teaching"),
                Habit("1st 3rd thu 16:00-17:00", "Quality board"),
            ),
            service=Service("Trauma week", 3),
            away=(
                Away("Surgical congress", date(2027, 2, 9), date(2027, 2, 12)),
                Away("Wedding of a sister", date(2027, 6, 10), date(2027, 6, 14)),
            ),
            calls=(4, 12),
        ),
        Person(
            key="marcus",
            name="Marcus Ilunga",
            place="Hudson Ridge University; the June roster is not out yet",
            style="outlook",
            hours=OFFICE,
            notice=TIERS,
            clinics=("tue 08:00-12:00", "fri 08:00-12:00"),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 16:00-16:30", "Huddle and hand-over"),
                Habit("mon tue wed thu fri 08:00-08:20", "Morning report"),
                Habit("mon 13:00-14:00", "Operations council"),
                Habit("thu 13:00-15:00", "Data analysis", "tentative"),
                Habit("wed 12:00-13:00", "Departmental seminar"),
                Habit("mon 09:30-11:30", "Health services seminar"),
                Habit("wed fri 14:00-15:00", "Student supervision"),
                Habit("tue thu 17:00-18:00", "Physiotherapy"),
                Habit("thu 09:00-10:00", "Division meeting"),
                Habit("mon wed 15:00-15:30", "Trial enrolment"),
            ),
            service=Service("Inpatient service", 5, blocks=True),
            away=(Away("Outcomes research forum", date(2027, 5, 18), date(2027, 5, 21)),),
            one_offs=4,
            known_until=date(2027, 5, 31),
        ),
        Person(
            key="noor",
            name="Noor Halvorsen",
            place="Prairie Lakes University; co-coordinator",
            zone="chicago",
            style="google",
            hours=OFFICE,
            notice=TIERS,
            clinics=("mon 08:00-12:00", "wed 13:00-17:00"),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 08:00-08:30", "Huddle"),
                Habit("tue 12:00-13:00", "Grand rounds"),
                Habit("thu 13:00-16:00", "Research block", "tentative"),
                Habit("tue 14:00-15:00", "Section meeting"),
                Habit("fri 09:00-10:30", "Course planning"),
                Habit("mon wed fri 17:00-17:30", "Nursery pick-up"),
                Habit("wed 10:00-11:00", "Mentoring office"),
                Habit("fortnightly mon 15:00-16:00", "Admissions committee"),
                Habit("3rd thu 12:00-13:00", "Journal club"),
                Habit("thu 08:30-10:00", "Grant team"),
                Habit("tue fri 13:00-13:30", "Telephone clinic"),
            ),
            service=Service("Teaching service", 1),
            away=(
                Away("Family medicine conference", date(2027, 4, 24), date(2027, 4, 28)),
                Away("Holiday", date(2027, 6, 14), date(2027, 6, 18)),
            ),
        ),
        Person(
            key="oluwaseun",
            name="Oluwaseun Pritchard",
            place="Cumberland Vale Medical College",
            zone="chicago",
            style="plain",
            hours=OFFICE,
            notice=TIERS,
            clinics=("tue 13:00-17:00", "thu 08:00-12:00"),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 12:00-12:30", "Echo reading"),
                Habit("mon 13:00-15:00", "Genomics laboratory"),
                Habit("wed 07:00-08:00", "Cardiology conference"),
                Habit("wed 09:00-11:00", "Analysis", "tentative"),
                Habit("fri 14:00-15:30", "Fellowship interviews and review"),
                Habit("tue 10:00-11:00", "Division meeting"),
                Habit("mon wed 16:00-16:45", "Trainee supervision"),
                Habit("fri 11:00-12:00", "Trial safety call"),
                Habit("tue thu 18:00-19:00", "Basketball"),
                Habit("2nd wed 14:00-15:00", "Journal club"),
                Habit("thu 08:00-09:00", "Catheterisation review"),
            ),
            service=Service("Heart failure service", 3, blocks=True),
            away=(
                Away("Cardiology congress", date(2027, 3, 12), date(2027, 3, 16)),
                Away("Family gathering", date(2027, 5, 27), date(2027, 5, 31)),
            ),
            calls=(6, 18),
        ),
        Person(
            key="paloma",
            name="Paloma Eriksdottir",
            place="Prairie Lakes University; has not connected a calendar yet",
            zone="chicago",
            hours=OFFICE,
        ),
        Person(
            key="quentin",
            name="Quentin Saldivar",
            place="Saguaro Plains University; late Wednesday shifts, clocks never change",
            zone="phoenix",
            style="outlook",
            hours=(("mon tue wed fri", "08:00", "18:00"), ("thu", "10:00", "18:00")),
            notice="[{ days = 45 }]",
            clinics=("mon 13:00-17:00", "wed 08:00-12:00"),
            habits=(
                Habit("mon tue wed thu fri 12:15-12:45", "Results"),
                Habit("tue 07:00-08:00", "Trauma conference"),
                Habit("tue 13:00-15:00", "Simulation teaching"),
                Habit("fri 14:00-16:00", "Research block", "tentative"),
                Habit("fri 08:00-09:00", "Emergency medicine conference"),
                Habit("mon tue thu fri 17:00-17:30", "Hand-over"),
                Habit("wed 14:00-15:00", "Faculty meeting"),
                Habit("fortnightly tue 10:00-11:00", "Disaster committee"),
                Habit("thu 13:00-14:00", "Resident didactics"),
                Habit("fri 10:30-11:30", "Ultrasound review"),
                Habit("mon 10:00-11:00", "Case review"),
            ),
            service=Service("Observation unit", 4),
            away=(
                Away("Emergency medicine meeting", date(2027, 5, 11), date(2027, 5, 14)),
                Away("Canyon rafting", date(2027, 3, 29), date(2027, 4, 2)),
            ),
            calls=(2, 10),
        ),
        Person(
            key="rohini",
            name="Rohini Castaneda",
            place="Front Range School of Medicine; works four days, not on Fridays",
            zone="denver",
            style="google",
            hours=(("mon tue wed thu", "08:00", "18:00"),),
            notice=TIERS,
            clinics=("mon 13:00-17:00", "thu 08:00-12:00"),
            habits=(
                Habit("mon tue wed thu 08:00-08:30", "Huddle"),
                Habit("tue 10:00-12:00", "Epidemiology laboratory"),
                Habit("wed 08:30-10:00", "Research block", "tentative"),
                Habit("mon tue wed thu 16:45-17:15", "Patient messages"),
                Habit("tue 12:00-13:00", "Noon conference"),
                Habit("wed 12:00-13:00", "Division meeting"),
                Habit("thu 14:00-15:00", "Community board"),
                Habit("mon 10:00-11:00", "Trial call"),
                Habit("fri 09:00-12:00", "Climbing"),
                Habit("wed 15:00-16:00", "Student supervision"),
                Habit("1st 3rd tue 14:00-15:00", "Journal club"),
                Habit("tue thu 13:00-13:30", "Telephone visits"),
            ),
            service=Service("Ward attending", 0, blocks=True),
            away=(
                Away("Preventive medicine meeting", date(2027, 5, 24), date(2027, 5, 27)),
                Away("Ski week", date(2027, 2, 22), date(2027, 2, 26)),
            ),
            one_offs=4,
        ),
        Person(
            key="sione",
            name="Sione Albrecht",
            place="Pacific Cove University",
            zone="los-angeles",
            style="google",
            hours=OFFICE,
            notice=TIERS,
            clinics=("tue 08:00-12:00", "thu 13:00-17:00"),
            copies=True,
            habits=(
                Habit("mon tue wed thu fri 07:30-08:00", "Hand-over"),
                Habit("mon 08:00-09:00", "Hospital medicine meeting"),
                Habit("wed 08:00-09:00", "Grand rounds"),
                Habit("wed 13:00-16:00", "Analysis", "tentative"),
                Habit("mon wed fri 12:00-12:45", "Resident report"),
                Habit("fri 08:30-10:00", "Quality committee"),
                Habit("thu 10:00-11:00", "Research team"),
                Habit("mon fri 15:30-16:30", "Surfing with the children"),
                Habit("tue 13:00-14:00", "Mentoring"),
                Habit("2nd 4th fri 10:30-11:30", "Journal club"),
                Habit("fortnightly mon 13:00-14:00", "Equity council"),
            ),
            service=Service("Inpatient week", 2, blocks=True),
            away=(
                Away("Hospital medicine conference", date(2027, 5, 4), date(2027, 5, 7)),
                Away("Visit to grandparents", date(2027, 6, 21), date(2027, 6, 30)),
            ),
        ),
        Person(
            key="tamar",
            name="Tamar Nguyen-Bell",
            place="Pacific Cove University; has not connected a calendar yet",
            zone="los-angeles",
            hours=OFFICE,
        ),
    ),
)
