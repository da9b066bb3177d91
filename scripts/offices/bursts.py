"""Another view of the same office, to see whether anything is fitted to the
first.

 - --model bursts is another view of the same office, to see whether anything
   is fitted to the first: users differ by a Pareto law (alpha 1.6, at least 5
   files a day); days come in projects of a few days at 0.5 to 2.2 times, with
   a geometric count around that; a group has busy days in common (one in
   twelve, 1.6 times) and a slow season; files are Pareto (alpha 1.15, from
   90 kB); a fifth work part-time, 2 or 3 days a week; 15 % are in shifts that
   change every week; large benign days are 2 to 8 times, 0.5 % of days.
"""
import math

from offices.office import GROUPS, Office, User


class Burst(User):
    """A user of the other model: part-time or in shifts, in projects."""
    def __init__(self, rnd, name, group, index):
        super().__init__(rnd, name, group, index)
        self.files = min(200, 5 * rnd.paretovariate(1.6))
        self.days = set(range(5))
        if rnd.random() < 0.2:
            self.days = set(rnd.sample(range(5), rnd.choice((2, 3))))
        self.weekend = rnd.random() < 0.05
        self.shift = rnd.random() < 0.15
        self.day_hours = (rnd.gauss(8.5, 0.9), rnd.gauss(17.2, 1.0))
        self.pace, self.until = 1.0, 0

    def begins(self, rnd, day):
        """Its hours this week, and the pace of the project it is in."""
        self.start, self.end = self.day_hours
        if self.shift and day // 7 % 2:
            self.start, self.end = 14.0, 22.0
        if day >= self.until:
            self.pace = rnd.uniform(0.5, 2.2)
            self.until = day + rnd.randint(2, 12)


class Bursts(Office):
    Person = Burst

    def __init__(self, *args):
        super().__init__(*args)
        self.busy = {(group, day) for group, _ in GROUPS
                     for day in range(self.days)
                     if self.rnd.random() < 1 / 12}

    def size(self):
        return int(min(5e8, 9e4 * self.rnd.paretovariate(1.15)))

    def ordinary(self, user, day):
        rnd = self.rnd
        user.begins(rnd, day)
        works = 0.92 if day % 7 in user.days else 0.0
        if day % 7 >= 5:
            works = 0.5 if user.weekend else 0.01
        if day in self.holidays:
            works = 0.1
        if rnd.random() >= works:
            return
        mean = user.files * user.pace * (1 + 0.2 * math.sin(day / 19))
        if (user.group, day) in self.busy:
            mean *= 1.6
        if rnd.random() < 0.005:
            mean *= rnd.uniform(2, 8)
        n = 1 + sum(int(rnd.expovariate(3 / mean)) for _ in range(3))
        total = self.spread(user, day, n)
        if day % 7 < 5:
            user.past.append((n, total))
