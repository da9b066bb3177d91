"""An office that chats, and thefts in it: the first model, and what all have.

 - Five groups, IT1021's, of unequal size.  A user's usual files a day are
   lognormal around 12 (sigma 0.7 between users), vary from day to day with
   sigma 0.55, and one workday in eight has none.  One user in ten works on
   weekends as well.
 - A file is lognormal around 600 kB (sigma 1.5), at most 300 MB.
 - Hours: a start around 08:30 and an end around 17:30, both the user's own;
   3 % of days go on in the evening.  4 % of users work shifts.
 - 0.4 % of user-days are large for good reasons: 3 to 12 times as much.
 - Holidays: six workdays on which one in ten works.
 - Patch days: one evening in three weeks a third of IT and some of the others
   work from 22:00 to 01:00.  A common file (a video, an installer) goes to
   half of a group once in two weeks.
 - 6 % of users send files of their own to an unapproved cloud on some days,
   1 % run a nightly backup there.
 - Thefts, each by another user, once 50 days have passed:
   bulk-5, -10, -30     so many times the user's median day, within 1 to 5 h
   ramp                 a quarter more each day for 12 workdays
   egress               6 times, then the same objects leave within 30 h
   night                10 to 30 files at an hour the user never works
"""
import math
import random
from datetime import datetime, timezone

START = datetime(2026, 1, 5, tzinfo=timezone.utc)      # a Monday
GROUPS = [("rnd", 0.30), ("sales", 0.25), ("exec", 0.07), ("it", 0.10),
          ("staff", 0.28)]
CHAT = ["files.slack.com", "files.slack.com", "cdn.discordapp.com"]
CLOUD = "content.dropboxapi.com"
DROP = "userstorage.mega.co.nz"


class User:
    def __init__(self, rnd, name, group, index):
        self.name, self.group = name, group
        self.ip = "10.%d.%d.%d" % (30 + index // 65536, index // 256 % 256,
                                   index % 256)
        self.files = rnd.lognormvariate(math.log(12), 0.7)
        self.start = rnd.gauss(8.5, 0.7)
        self.end = rnd.gauss(17.5, 0.8)
        self.weekend = rnd.random() < 0.10
        if rnd.random() < 0.04:
            self.start, self.end = (14.0, 22.5) if rnd.random() < 0.5 \
                else (21.5, 29.5)
        self.private = rnd.random() < 0.06
        self.backup = rnd.random() < 0.01
        self.host = rnd.choice(CHAT)
        self.past = []                  # (files, bytes) of active days


class Office:
    Person = User

    def __init__(self, seed, users, days, patch_days=False):
        self.patch_days = patch_days    # thieves choose them
        self.rnd = random.Random(seed)
        self.days = days
        self.rows, self.truth = [], []
        self.users = []
        for group, share in GROUPS:
            for i in range(round(users * share)):
                self.users.append(self.Person(self.rnd, "%s%d" % (group, i + 1),
                                       group, len(self.users)))
        work = [d for d in range(days) if d % 7 < 5]
        self.holidays = set(self.rnd.sample(work, min(6, len(work) // 10)))
        self.patch = {d for d in work if d % 21 == 15}
        self.thefts = {}

    def size(self):
        return int(min(3e8, max(9e3, self.rnd.lognormvariate(
            math.log(6e5), 1.5))))

    def put(self, user, at, nbytes, host, up=False):
        """One file, at seconds since START; its speed is the line's."""
        took = nbytes / 5e6 + 0.2
        self.rows.append((at + took, at, user, nbytes, host, up))

    def spread(self, user, day, n, sizes=None, hours=None):
        """n files in a few sittings of a working day."""
        rnd = self.rnd
        first, last = hours or (user.start, user.end)
        sittings = [rnd.uniform(first, last) for _ in
                    range(max(1, round(n / 4)))]
        total = 0
        for i in range(n):
            at = day * 86400 + rnd.choice(sittings) * 3600 \
                + rnd.uniform(0, 900)
            nbytes = sizes[i] if sizes else self.size()
            total += nbytes
            self.put(user, at, nbytes, user.host)
        return total

    def ordinary(self, user, day):
        rnd = self.rnd
        weekday = day % 7 < 5
        works = 0.88 if weekday else 0.4 if user.weekend else 0.01
        if day in self.holidays:
            works = 0.1
        if rnd.random() >= works:
            return
        files = user.files * rnd.lognormvariate(0, 0.55)
        if not weekday:
            files *= 0.4
        if rnd.random() < 0.004:
            files *= rnd.uniform(3, 12)
        n = max(1, round(files))
        late = rnd.random() < 0.03
        total = self.spread(user, day, n, hours=(user.start, min(
            user.end + 4, 23.5)) if late and user.end < 20 else None)
        if weekday:
            user.past.append((n, total))

    def common(self, day):
        """A patch evening, a video for everybody in a group."""
        rnd = self.rnd
        if day in self.patch:
            for u in self.users:
                share = 0.35 if u.group == "it" else 0.1
                if rnd.random() < share:
                    self.spread(u, day, rnd.randint(3, 9), hours=(22, 25))
        if day % 14 == 3:
            group = rnd.choice(GROUPS)[0]
            nbytes = rnd.randint(40_000_000, 400_000_000)
            for u in self.users:
                if u.group == group and rnd.random() < 0.5:
                    self.put(u, day * 86400 + rnd.uniform(9, 17) * 3600,
                             nbytes, "files.slack.com")

    def private(self, user, day):
        rnd = self.rnd
        if user.private and day % 7 < 5 and rnd.random() < 0.4:
            at = day * 86400 + rnd.uniform(9, 17) * 3600
            for _ in range(rnd.randint(1, 5)):
                self.put(user, at, self.size(), CLOUD, up=True)
                at += rnd.uniform(5, 60)
        if user.backup:
            at = day * 86400 + 12.2 * 3600 + rnd.uniform(0, 600)
            for _ in range(rnd.randint(20, 60)):
                self.put(user, at, self.size(), DROP, up=True)
                at += rnd.uniform(1, 5)

    def median(self, user):
        files = sorted(f for f, _ in user.past)
        volume = sorted(v for _, v in user.past)
        if not files:
            return 5, 5_000_000
        return files[len(files) // 2], volume[len(volume) // 2]

    def loot(self, user, times):
        """Sizes of so many times the median day, by files and by bytes."""
        files, volume = self.median(user)
        sizes = [self.size() for _ in range(max(1, round(files * times)))]
        scale = volume * times / sum(sizes)
        return [max(9000, int(s * scale)) for s in sizes]

    def steal(self, user, day, sizes, hour, hours):
        at = day * 86400 + hour * 3600
        for nbytes in sizes:
            self.put(user, at, nbytes, user.host)
            at += hours * 3600 / len(sizes) * self.rnd.uniform(0.5, 1.5)
        return at

    def theft(self, user, day, kind):
        rnd = self.rnd
        hour = rnd.uniform(user.start, max(user.start + 1, user.end - 3))
        if kind.startswith("bulk-"):
            self.steal(user, day, self.loot(user, int(kind[5:])), hour,
                       rnd.uniform(1, 5))
        elif kind == "egress":
            sizes = self.loot(user, 6)
            at = self.steal(user, day, sizes, hour, rnd.uniform(0.5, 2))
            at += rnd.uniform(0.2, 28) * 3600
            rnd.shuffle(sizes)
            for nbytes in sizes:
                self.put(user, at, int(nbytes * rnd.uniform(0.998, 1.002)),
                         DROP, up=True)
                at += rnd.uniform(0.5, 20)
        elif kind == "night":
            quiet = 12 if user.end > 24 else 22.5 if self.patch_days else 2.5
            self.steal(user, day, [self.size() for _ in range(
                rnd.randint(10, 30))], quiet + rnd.uniform(0, 1.5), 0.5)

    def away(self, user, day):
        """On leave, or too new: nobody to steal on that day."""
        return False

    def plan(self, each):
        """Who steals how, and when; nobody twice."""
        pool = [u for u in self.users if not u.backup]
        self.rnd.shuffle(pool)
        for kind in ("bulk-5", "bulk-10", "bulk-30", "ramp", "egress",
                     "night"):
            for _ in range(each):
                user = pool.pop()
                day = self.rnd.randrange(50, self.days - 20)
                while day % 7 >= 5 or day in self.holidays or self.away(
                        user, day) or (self.patch_days and
                                       day not in self.patch):
                    day = day + 1 if day < self.days - 1 else 50
                self.thefts[user] = (kind, day)
                self.truth.append((user.name, kind, day))

    def day_of(self, user, day):
        kind, start = self.thefts.get(user, (None, 0))
        if kind == "ramp" and start <= day < start + 16 and day % 7 < 5:
            step = sum(1 for d in range(start, day) if d % 7 < 5)
            if step < 12:
                files, _ = self.median(user)
                self.spread(user, day, max(1, round(
                    files * 1.25 ** (step + 1))))
                return
        self.ordinary(user, day)
        self.private(user, day)
        if kind is not None and kind != "ramp" and day == start:
            self.theft(user, day, kind)

    def run(self, each):
        self.plan(each)
        for day in range(self.days):
            self.common(day)
            for user in self.users:
                self.day_of(user, day)
        self.rows.sort(key=lambda r: (r[0], r[2].name, r[3]))
