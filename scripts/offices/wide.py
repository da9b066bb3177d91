"""A third view: a small habit, and users who have little in common.

 - A user's usual files a day are lognormal around 6 with sigma 1.0 between
   users, a day is lognormal around that with sigma 0.65, and what comes of it
   is a Poisson count: many days have one file or two.
 - Three workdays in ten have none, whoever the user is.
 - A file is lognormal around 250 kB (sigma 1.2); one in twenty is one of forty
   fixed sizes that everybody meets (templates, logos, recordings cut in equal
   parts).
 - One day in 200 is large for good reasons: 3 to 10 times.
 - No shifts but nights: 2 % work at night.  Hours are wide: from 07:00 to
   20:00, a few sittings in them.
"""
import math

from offices.office import Office, User


def poisson(rnd, mean):
    """Knuth's for few; a normal one for many."""
    if mean > 60:
        return max(0, round(rnd.gauss(mean, math.sqrt(mean))))
    least, p, n = math.exp(-mean), rnd.random(), 0
    while p > least:
        p *= rnd.random()
        n += 1
    return n


class Wider(User):
    def __init__(self, rnd, name, group, index):
        super().__init__(rnd, name, group, index)
        self.files = min(150, rnd.lognormvariate(math.log(6), 1.0))
        self.start, self.end = rnd.gauss(8, 0.7), rnd.gauss(18.5, 1.0)
        if rnd.random() < 0.02:
            self.start, self.end = 21.0, 29.0
        self.weekend = rnd.random() < 0.08


class Wide(Office):
    Person = Wider

    def __init__(self, *args):
        super().__init__(*args)
        self.fixed = [int(self.rnd.lognormvariate(math.log(4e5), 1.3))
                      for _ in range(40)]

    def size(self):
        if self.rnd.random() < 0.05:
            return self.rnd.choice(self.fixed)
        return int(min(2e8, max(5e3, self.rnd.lognormvariate(
            math.log(2.5e5), 1.2))))

    def ordinary(self, user, day):
        rnd = self.rnd
        weekday = day % 7 < 5
        works = 0.70 if weekday else 0.3 if user.weekend else 0.01
        if day in self.holidays:
            works = 0.1
        if rnd.random() >= works:
            return
        mean = user.files * rnd.lognormvariate(0, 0.65)
        if rnd.random() < 0.005:
            mean *= rnd.uniform(3, 10)
        n = max(1, poisson(rnd, mean))
        total = self.spread(user, day, n)
        if weekday:
            user.past.append((n, total))
