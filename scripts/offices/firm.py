"""A fourth view: a firm where people come, go on leave and change their work.

 - Files a day are Poisson around a mean of the user's own: gamma (shape 1.5)
   around 11 between users, times a mood that lasts (autoregressive, 0.6 from
   day to day, spread 0.45), times the weekday: Mondays 1.25, Fridays 0.7.
 - What a file is: a picture (six in ten, around 180 kB), a document (around
   1.2 MB), or, one in 25, a recording (Pareto, alpha 1.05, from 12 MB, at
   most 1 GB).  How many recordings one gets is the user's own.
 - One user in eight joins within the first 60 days, one in four is on leave
   for one or two weeks, one in ten changes work for good at some day: 0.4 or
   2.5 times as much, by other hours.
 - A group has a release now and then: four days of 1.7 times, and a set of 5
   to 20 files that two in three of its members take.
 - A third uses two chat services.  One in eight lives two to six hours off.
   One in 30 works evenings until 01:00, one in 60 nights.
 - IT takes turns on call: a night's work on two of the seven days, at 0:00 to
   05:00, one of four people a week.
 - 0.3 % of user-days are large for good reasons: a Pareto (alpha 1.3) multiple
   from 3 on, at most 25.
"""
import math

from offices.office import CHAT, GROUPS, Office, User
from offices.wide import poisson

SEASON = (1.25, 1.1, 1.0, 1.0, 0.7, 0.5, 0.4)


class Employee(User):
    def __init__(self, rnd, name, group, index):
        super().__init__(rnd, name, group, index)
        self.files = min(120, max(0.5, rnd.gammavariate(1.5, 11 / 1.5)))
        self.recordings = rnd.betavariate(1, 24)
        zone = rnd.choice((-4, -3, -2, 3, 5, 6)) if rnd.random() < 1 / 8 else 0
        self.start = rnd.gauss(8.8, 0.6) + zone
        self.end = self.start + rnd.gauss(8.6, 0.5)
        kind = rnd.random()
        if kind < 1 / 30:
            self.start, self.end = 16.5, 25.0
        elif kind < 1 / 20:
            self.start, self.end = 22.0, 29.5
        self.weekend = rnd.random() < 0.05
        self.hosts = rnd.sample(sorted(set(CHAT)), 2) \
            if rnd.random() < 1 / 3 else [self.host]
        self.mood = rnd.gauss(0, 0.45)
        self.joins = rnd.randrange(1, 60) if rnd.random() < 1 / 8 else 0
        self.leaves = range(0)
        if rnd.random() < 1 / 4:
            first = rnd.randrange(20, 110)
            self.leaves = range(first, first + 7 * rnd.randint(1, 2))
        self.changes = rnd.randrange(30, 110) if rnd.random() < 0.1 else None

    def wakes(self, rnd, day):
        """The mood of the day, and whether it is the first of other work."""
        self.mood = 0.6 * self.mood + 0.8 * rnd.gauss(0, 0.45)
        if day == self.changes:
            self.files *= rnd.choice((0.4, 2.5))
            self.start += rnd.uniform(-1, 1)
            self.end += rnd.uniform(-1, 1)


class Firm(Office):
    Person = Employee

    def __init__(self, *args):
        super().__init__(*args)
        rnd = self.rnd
        self.releases = {}              # (group, day) -> sizes to take
        for group, _ in GROUPS:
            for first in range(rnd.randrange(20), self.days, 28):
                self.releases[group, first] = [
                    self.size() for _ in range(rnd.randint(5, 20))]
        self.it = [u for u in self.users if u.group == "it"]
        self.it = [u for u in self.it if not u.joins][:4]

    def size(self, recordings=0.04):
        rnd = self.rnd
        kind = rnd.random()
        if kind < recordings:
            return int(min(1e9, 12e6 * rnd.paretovariate(1.05)))
        if kind < recordings + 0.6:
            return int(max(4e3, rnd.lognormvariate(math.log(1.8e5), 0.9)))
        return int(min(2e8, rnd.lognormvariate(math.log(1.2e6), 1.2)))

    def away(self, user, day):
        # a thief has been here for a month
        return day < user.joins + 30 or day in user.leaves

    def spread(self, user, day, n, sizes=None, hours=None):
        sizes = sizes or [self.size(user.recordings) for _ in range(n)]
        user.host = self.rnd.choice(user.hosts)
        return super().spread(user, day, n, sizes, hours)

    def works(self, user, day):
        if day < user.joins or day in user.leaves:
            return 0.0
        if day in self.holidays:
            return 0.08
        if day % 7 >= 5:
            return 0.5 if user.weekend else 0.015
        return 0.93

    def release(self, group, day):
        """How much busier the group is; on the first day, what it takes."""
        return next((1.7 for back in range(4)
                     if (group, day - back) in self.releases), 1.0)

    def ordinary(self, user, day):
        rnd = self.rnd
        user.wakes(rnd, day)
        if user in self.it and self.it[day // 7 % 4 % len(self.it)] is user \
                and rnd.random() < 2 / 7:
            self.spread(user, day, rnd.randint(1, 6), hours=(0, 5))
        if rnd.random() >= self.works(user, day):
            return
        mean = user.files * math.exp(user.mood) * SEASON[day % 7] \
            * self.release(user.group, day)
        if rnd.random() < 0.003:
            mean *= min(25, 3 * rnd.paretovariate(1.3))
        n = poisson(rnd, mean)
        if n == 0:
            return
        total = self.spread(user, day, n)
        taken = self.releases.get((user.group, day))
        if taken and rnd.random() < 2 / 3:
            total += super().spread(user, day, len(taken), taken)
            n += len(taken)
        if day % 7 < 5:
            user.past.append((n, total))
