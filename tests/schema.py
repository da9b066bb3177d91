#!/usr/bin/python3
"""schema.py SCHEMA PROGRAM [ARGS]: every line the program prints validates,
and together the lines use every key the schema has (-k: skip that part)."""
import json
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

args = sys.argv[1:]
all_keys = "-k" not in args
args = [a for a in args if a != "-k"]
schema = json.load(open(args[0]))
check = jsonschema.Draft7Validator(schema)
lines = subprocess.run(args[1:], check=True, stdout=subprocess.PIPE)
seen, bad, n = {}, 0, 0
for line in lines.stdout.decode("utf-8").splitlines():
    record = json.loads(line)
    kind = record.get("type", "?")
    seen.setdefault(kind, set()).update(record)
    n += 1
    one = schema["definitions"].get(kind)
    errors = ["no such type"] if one is None else [
        e.message for e in jsonschema.Draft7Validator(one).iter_errors(record)]
    if not check.is_valid(record) or errors:
        print(line, errors, sep="\n")
        bad += 1
    empty = [k for k, v in record.items() if v == ""]
    if empty:
        print(line, f"empty: {empty}", sep="\n")
        bad += 1
for kind, one in schema["definitions"].items():
    missing = set(one["properties"]) - seen.get(kind, set())
    if all_keys and missing:
        print(f"{kind}: never written: {sorted(missing)}")
        bad += 1
print(f"{n} records, {bad} bad")
sys.exit(bad != 0 or n == 0)
