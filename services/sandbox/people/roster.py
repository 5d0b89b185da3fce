"""Who they are, and what comes back every week. Everybody and every place is invented."""

from dataclasses import dataclass
from typing import TypeAlias

Session: TypeAlias = tuple[str, str, str, str]
"""Weekdays as RRULE writes them, from, until (wall clock), and the title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """A person and their usual week.

    host     where their account is, as a world's Person has it
    clinics  on the clinical calendar, and so is being on service
    usual    on their own calendar: rounds, teaching, laboratory, school runs
    service  weeks of the term, counted from 0, on which they run the inpatient team
    away     week of the term that they take off
    meeting  week and title of a conference of three days
    """

    name: str
    email: str
    zone: str
    host: str = "google"
    clinics: tuple[Session, ...] = ()
    usual: tuple[Session, ...] = ()
    service: tuple[int, ...] = ()
    team: str = "Inpatient team, attending"
    away: int
    meeting: tuple[int, str]


_EAST, _CENTRAL, _PACIFIC = "America/New_York", "America/Chicago", "America/Los_Angeles"
_ROUNDS = ("WE", "08:00", "09:00", "Department rounds")
_SCHOOL = ("MO,WE,FR", "15:00", "15:45", "School run")

PEOPLE = (
    Someone(
        name="Amara Venkatesan",
        email="amara@harborview.example",
        zone=_EAST,
        clinics=(("TU,TH", "13:00", "17:00", "Heart failure clinic"),),
        usual=(_ROUNDS, ("MO", "10:00", "11:30", "Trial steering"), _SCHOOL),
        service=(2, 9, 16),
        away=6,
        meeting=(11, "Cardiac imaging days"),
    ),
    Someone(
        name="Bastien Oyelaran",
        email="bastien@harborview.example",
        zone=_EAST,
        clinics=(("MO,WE", "08:30", "12:00", "Stroke prevention clinic"),),
        usual=(
            ("TH", "07:00", "08:00", "Neurovascular conference"),
            ("FR", "13:00", "17:00", "Writing"),
        ),
        service=(1, 7, 14),
        team="Stroke service",
        away=10,
        meeting=(4, "Neurocritical care forum"),
    ),
    Someone(
        name="Celeste Marchetti",
        email="celeste@millbrook.example",
        zone=_EAST,
        host="work",
        clinics=(("TU,FR", "09:00", "12:30", "Lupus clinic"),),
        usual=(
            _ROUNDS,
            ("MO,TH", "13:00", "15:00", "Laboratory"),
            ("WE", "17:30", "18:30", "Choir"),
        ),
        away=8,
        meeting=(13, "Autoimmunity workshop"),
    ),
    Someone(
        name="Dmitri Halvorsen",
        email="dmitri@millbrook.example",
        zone=_EAST,
        host="work",
        clinics=(
            ("MO,TU,TH", "07:30", "12:00", "Operating list"),
            ("WE", "13:00", "16:30", "Hernia clinic"),
        ),
        usual=(("FR", "07:00", "08:00", "Morbidity and mortality"),),
        service=(3, 8, 13, 18),
        team="Acute surgery service",
        away=5,
        meeting=(15, "Minimal access congress"),
    ),
    Someone(
        name="Esperanza Whitlock",
        email="esperanza@prairie-state.example",
        zone=_CENTRAL,
        host="work",
        clinics=(("MO,WE,FR", "09:00", "12:00", "Well child clinic"),),
        usual=(("TU", "12:00", "13:00", "Residents' noon lecture"), _SCHOOL),
        service=(5, 12),
        team="Newborn nursery",
        away=9,
        meeting=(3, "Child health assembly"),
    ),
    Someone(
        name="Farhad Lindqvist",
        email="farhad@prairie-state.example",
        zone=_CENTRAL,
        host="work",
        clinics=(("TU,WE", "13:00", "17:00", "Diabetes clinic"),),
        usual=(_ROUNDS, ("TH", "09:00", "12:00", "Protected research")),
        service=(6, 15),
        away=12,
        meeting=(10, "Metabolism summit"),
    ),
    Someone(
        name="Gabriela Nakamura",
        email="gabriela@prairie-state.example",
        zone=_CENTRAL,
        host="work",
        clinics=(("MO", "08:00", "17:00", "Endoscopy"), ("TH", "13:00", "16:30", "Liver clinic")),
        usual=(
            ("FR", "08:00", "09:00", "Pathology review"),
            ("TU", "16:00", "17:00", "Fellows' teaching"),
        ),
        service=(4, 11),
        team="Gastroenterology consults",
        away=7,
        meeting=(14, "Digestive disease days"),
    ),
    Someone(
        name="Hugo Adeyinka",
        email="hugo@redmesa.example",
        zone="America/Denver",
        clinics=(("TU,TH", "08:00", "12:00", "Asthma clinic"),),
        usual=(
            ("MO", "12:00", "13:00", "Journal club"),
            ("WE", "13:00", "15:00", "Simulation teaching"),
        ),
        service=(2, 10, 17),
        team="Intensive care, day attending",
        away=13,
        meeting=(6, "Mountain lung meeting"),
    ),
    Someone(
        name="Ilaria Bhattacharya",
        email="ilaria@redmesa.example",
        zone="America/Phoenix",
        clinics=(("MO,WE", "13:00", "17:00", "Melanoma clinic"),),
        usual=(
            _ROUNDS,
            ("FR", "09:00", "11:00", "Dermatopathology"),
            ("TU", "07:15", "08:00", "School run"),
        ),
        away=4,
        meeting=(9, "Skin cancer colloquium"),
    ),
    Someone(
        name="Jonah Szymanski",
        email="jonah@postbox.example",
        zone="America/Phoenix",
        host="personal",
        clinics=(("TU,TH,FR", "07:00", "11:30", "Anaesthesia list"),),
        usual=(
            ("WE", "15:00", "16:00", "Quality board"),
            ("MO", "14:00", "15:00", "Mentoring office hour"),
        ),
        service=(7, 14),
        team="Obstetric anaesthesia",
        away=11,
        meeting=(5, "Perioperative forum"),
    ),
    Someone(
        name="Kalani Brandt",
        email="kalani@pacific-coast.example",
        zone=_PACIFIC,
        clinics=(("MO,TH", "09:00", "12:30", "Memory clinic"),),
        usual=(
            ("TU", "08:00", "09:00", "Geriatrics rounds"),
            ("WE", "14:00", "16:00", "Ethics committee"),
        ),
        service=(1, 9, 16),
        away=14,
        meeting=(12, "Ageing well symposium"),
    ),
    Someone(
        name="Leonie Okafor",
        email="leonie@pacific-coast.example",
        zone=_PACIFIC,
        clinics=(("TU,WE", "08:30", "12:00", "Breast clinic"),),
        usual=(
            ("FR", "07:30", "08:30", "Tumour board"),
            ("TH", "13:00", "17:00", "Laboratory"),
            _SCHOOL,
        ),
        service=(8,),
        team="Oncology ward",
        away=3,
        meeting=(7, "Precision oncology days"),
    ),
    Someone(
        name="Matteo Friedlander",
        email="matteo@postbox.example",
        zone=_PACIFIC,
        host="personal",
        clinics=(("MO,WE,FR", "13:00", "16:30", "Renal clinic"),),
        usual=(_ROUNDS, ("TU", "10:00", "12:00", "Medical students' small group")),
        service=(5, 13),
        team="Nephrology consults",
        away=16,
        meeting=(2, "Kidney week"),
    ),
    Someone(
        name="Nadira Castellanos",
        email="nadira@northgate.example",
        zone="Europe/London",
        host="work",
        clinics=(("TU,TH", "09:00", "13:00", "Travel medicine clinic"),),
        usual=(("MO", "09:30", "10:30", "Unit meeting"), ("WE", "12:30", "13:30", "Grand round")),
        service=(4, 12),
        team="Infection consults",
        away=8,
        meeting=(10, "Global health forum"),
    ),
)
