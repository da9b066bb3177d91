#!/usr/bin/env python3
"""What is written is true: the manual lists what the program has and nothing
else, and every command in README, docs and manual pages runs.

    test_docs.py PAGE.scd...

In Markdown a block fenced as `sh` is run; one fenced as `sh live` needs an
interface, root or the service, and only its options are looked at.  In manual
pages an indented line that begins with weir is run, unless it has -i.
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import sensor  # noqa: E402
from tap import done, ok, same, skip  # noqa: E402

WEIR = sensor.find_weir()
ROOT = sensor.ROOT
CAPTURES = ROOT / "tests/captures"
PAGES = {Path(p).name.removesuffix(".scd"): Path(p).read_text()
         for p in sys.argv[1:]}


def weir(*args):
    return subprocess.run([WEIR, *args], capture_output=True, text=True,
                          check=True).stdout


def part(page, first, last):
    """What stands between two headings."""
    return PAGES[page].partition(f"\n# {first}\n")[2].partition(
        f"\n# {last}\n")[0]


def bold(text):
    """The words that begin a paragraph in bold: what is explained."""
    return [m.replace("\\", "") for m in
            re.findall(r"^\*([^*\n]+)\*[^\n]*\n\t", text, re.M)]


def options_of(text):
    return set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", text))


def manual():
    text, commands = weir("-h").split("\nCommands")
    listed = options_of("\n".join(line[:26] for line in text.splitlines()
                                  if re.match(r"^ {2,6}-", line)))
    same(options_of(" ".join(bold(part("weir.8", "OPTIONS",
                                       "THE SUMMARY")))), listed,
         "weir.8 has the options of -h and no other")
    names = [line.split()[0] for line in commands.splitlines()[1:]]
    same(re.findall(r"^## weir (\S+)", PAGES["weir.8"], re.M), names,
         "weir.8 has the commands of -h and no other")
    for name in names:
        page = (part("weir-ctl.1", "OPTIONS", "PROTOCOL") if name == "ctl"
                else PAGES["weir.8"].partition(f"\n## weir {name}\n")[2]
                .partition("\n#")[0])
        said = weir(name, "-h").split("\n\n", 1)[1]
        same([word.split()[0].rstrip(",") for word in bold(page)],
             re.findall(r"^  ([^\s,]+)", said, re.M),
             f"{name}: all words of its -h are explained, and no other")
    dump = re.sub(r"^policy:\n(?: .*\n)*", "", weir("--dump-config"),
                  flags=re.M)
    keys = re.findall(r"^ *(?:# )?([a-z0-9-]+):.*# default;", dump, re.M)
    page = bold(part("weir.yaml.5", "SETTINGS", "OUTPUTS"))
    same(sorted(page), sorted(keys),
         "weir.yaml.5 has the keys of --dump-config and no other")


def examples(text):
    """YAML in a manual page."""
    return re.findall(r"^```\n(.*?)^```", text, re.M | re.S)


def prepare(work):
    """What the commands in the docs name: a capture, the files of a site."""
    bin_dir = work / "bin"
    bin_dir.mkdir()
    (bin_dir / "weir").symlink_to(WEIR)
    shutil.copy(CAPTURES / "office.pcap.gz", work / "monday.pcap.gz")
    shutil.copy(CAPTURES / "office.yaml", work / "weir.yaml")
    (work / "users.csv").write_text("address,account\n10.20.0.11,anna\n")
    (work / "my.yaml").write_text(examples(PAGES["weir-signatures.5"])[0])
    for what in ("scripts", "tests", "signatures"):
        (work / what).symlink_to(ROOT / what)
    return {"PATH": f"{bin_dir}:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(work), "LANG": "C.UTF-8"}


def run(command, work, env, where):
    tool = re.search(r"\|\s*(\w+)", command)
    if tool and not shutil.which(tool[1]):
        skip(f"{where}: {command}: no {tool[1]} here")
        return
    got = subprocess.run(["bash", "-ec", command], cwd=work, env=env,
                         capture_output=True, timeout=60, check=False)
    if not ok(got.returncode == 0 and got.stdout, f"{where}: {command}"):
        print(f"# exit {got.returncode}, {got.stderr[-300:]!r}")


def options_exist(command, where):
    """Of a command that cannot run here."""
    words = re.search(r"\bweir( .*)?", command.partition("#")[0])
    if words is None:
        return
    words = words[0].split()[1:]
    names = [line.split()[0] for line in weir("-h").partition(
        "\nCommands")[2].splitlines()[1:]]
    said = weir(*words[:1], "-h") if words[:1] and words[0] in names \
        else weir("-h")
    for word in options_of(" ".join(words)):
        ok(word in options_of(said), f"{where}: {word} exists: {command}")


def commands(block):
    joined = re.sub(r"\\\n\s*", "", block)
    return [line for line in joined.splitlines()
            if line.strip() and not line.startswith("#")]


def documents(work, env):
    for path in [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]:
        where = str(path.relative_to(ROOT))
        for live, block in re.findall(r"^```sh( live)?\n(.*?)^```",
                                      path.read_text(), re.M | re.S):
            for command in commands(block):
                if live:
                    options_exist(command, where)
                else:
                    run(command, work, env, where)


def pages(work, env):
    for name, text in PAGES.items():
        for line in re.findall(r"^\t(?:ssh .*\| )?(weir .*)$",
                               text, re.M):
            line = line.replace("\\", "")
            if " -i " in line or line.endswith("-r -"):
                options_exist(line, name)
            else:
                run(line, work, env, name)
    for name in ("weir.yaml.5", "weir-policy.5"):
        for i, text in enumerate(examples(PAGES[name])):
            (work / f"{name}-{i}.yaml").write_text(text)
            run(f"weir -T -c {name}-{i}.yaml", work, env, f"{name} example")


def findings():
    """Each health finding says what to do about it."""
    rules = (ROOT / "sensor/service/health_rules.c").read_text()
    told = (ROOT / "docs/operations.md").read_text()
    same(sorted(re.findall(r"^\| `([a-z-]+)` \|", told, re.M)),
         sorted(re.findall(r'^\t{ "([a-z-]+)", "\w+", \w+ },', rules, re.M)),
         "operations.md has every health finding and no other")


def sample():
    """The report in README is the one that is printed."""
    report = subprocess.run([WEIR, "-c", CAPTURES / "office.yaml", "-r",
                             CAPTURES / "office.pcap.gz"], check=True,
                            capture_output=True, text=True).stdout
    told = (ROOT / "README.md").read_text()
    told = told[told.index("170071 packets"):]
    same(told[:told.index("```")].split(), report.split(),
         "README shows the report as it is")


def links():
    for path in [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]:
        for to in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text()):
            if "://" not in to:
                ok((path.parent / to).exists(),
                   f"{path.relative_to(ROOT)}: {to} is there")


def main():
    manual()
    findings()
    sample()
    links()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        env = prepare(work)
        documents(work, env)
        pages(work, env)
    done()


main()
