"""What follows from what. The whole choreography, on one page.

Jobs are named, not imported, because every use case records facts and none knows a job. A job is
`queue.function`: `calendars.read` is the function `read` of `services.jobs.calendars`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services import facts
from services.facts import Fact


@dataclass(frozen=True, slots=True)
class Reaction:
    """A job that follows from a fact.

    batch    how many facts one job takes at most
    at_once  how many of them it works on at the same time
    urgent   whether somebody waits for it: it goes before what nobody waits for
    """

    job: str
    batch: int = 100
    at_once: int = 1
    urgent: bool = False

    @property
    def queue(self) -> str:
        """The queue of its workers."""
        return self.job.partition(".")[0]


_PUBLISH = Reaction("calendars.publish", batch=50, at_once=8, urgent=True)
_LOOK_AGAIN = Reaction("planning.look_again", batch=20)

REACTIONS: dict[type[Fact], tuple[Reaction, ...]] = {
    facts.CalendarDue: (Reaction("calendars.read", batch=16, at_once=8),),
    facts.AccountDue: (Reaction("calendars.read_account", batch=128, at_once=8),),
    facts.ChannelDue: (Reaction("calendars.watch", batch=128, at_once=8),),
    facts.AccountLost: (Reaction("notices.tell_account_lost", batch=20),),
    facts.AccessReleased: (Reaction("calendars.give_back", batch=16, at_once=4),),
    facts.CalendarConnected: (_LOOK_AGAIN,),
    facts.BusyChanged: (_LOOK_AGAIN,),
    facts.CalendarLost: (Reaction("notices.tell_lost", batch=20),),
    facts.PlanAsked: (Reaction("calendars.read_for", batch=1, urgent=True),),
    facts.CalendarsRead: (Reaction("planning.make", batch=5, urgent=True),),
    facts.LinkMade: (Reaction("notices.send_link", batch=20, urgent=True),),
    facts.SeriesCommitted: (_PUBLISH,),
    facts.SeriesDue: (_PUBLISH,),
    facts.LettersDue: (Reaction("notices.tell_dates", batch=20, at_once=4, urgent=True),),
    facts.RepliesDue: (Reaction("calendars.read_replies", batch=16, at_once=4),),
    facts.MailsDue: (Reaction("notices.read_mails"),),
    facts.TimerRang: (Reaction("notices.purge"),),
    # Recorded for those who will follow them; so far nobody does.
    facts.ProposalsReady: (),
    facts.MemberJoined: (),
    facts.MemberLeft: (),
    facts.MeetingMoved: (),
    facts.MeetingCancelled: (),
    facts.GuestAdded: (),
    facts.ReplyChanged: (),
}


def known() -> Iterator[tuple[type[Fact], Reaction]]:
    """Every fact with every job that follows from it."""
    for fact, following in REACTIONS.items():
        for reaction in following:
            yield fact, reaction


def fact_called(name: str) -> type[Fact] | None:
    """The fact of this name; None: other code than ours knows it."""
    return next((each for each in REACTIONS if each.__name__ == name), None)


def jobs(*, urgent: bool) -> list[str]:
    """The jobs that somebody waits for, or those that nobody does."""
    return sorted({each.job for _, each in known() if each.urgent is urgent})


def reaction_called(job: str) -> Reaction | None:
    """The reaction whose job this is."""
    return next((each for _, each in known() if each.job == job), None)
