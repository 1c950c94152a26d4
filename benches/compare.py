#!/usr/bin/env python3
"""Compares `vanikeys grind` with other vanity key tools on this machine, in turns, and prints a Markdown table.

    benches/compare.py --vanikeys target/release/vanikeys \\
        --onion-vanity-address PATH --mkp224o PATH --wireguard-vanity-key PATH

Nothing is fetched: tools that are not named are left out. Every tool searches for a prefix that it will not find, for the same time,
on the same number of threads; of the rounds the middle one counts. The time is what the prefix of the last column takes on average.
"""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile

# A prefix that nobody finds, for each text, and one whose time is said, with the number of its characters' values.
HOPELESS = {"onion": "vanikeysvanikeys", "wireguard": "VaniKeysVaniKeys"}
SAID = {"onion": ("allium", 32**6), "wireguard": ("moon/", 64**5)}


def stopped(command, seconds, environment=None, sent=signal.SIGINT):
    """Runs a command for a time, interrupts it, and returns all that it wrote."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **(environment or {})}
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(sent)
        output, _ = process.communicate(timeout=30)
    return output


def rate_in(pattern, output, tool):
    found = re.findall(pattern, output)
    if not found:
        sys.exit(f"{tool} did not say its rate; it wrote:\n{output[-2000:]}")
    return float(found[-1])


def vanikeys(binary, target, seconds, threads):
    command = [binary, "grind", HOPELESS[target], "--target", target, "--threads", str(threads), "--quiet", "--json"]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder)
        try:
            _, said = process.communicate(timeout=seconds)
            sys.exit(f"vanikeys ended before its time; it wrote:\n{said[-2000:]}")
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            output, said = process.communicate(timeout=30)
    rate = json.loads(output)["rate"] if output.strip() else 0
    if not rate:
        sys.exit(f"vanikeys tried no key within {seconds} s, give it more --seconds; it wrote:\n{said[-2000:]}")
    return rate


def onion_vanity_address(binary, target, seconds, threads):
    command = [binary, "--timeout", f"{seconds}s", HOPELESS[target]]
    output = stopped(command, seconds + 30, {"GOMAXPROCS": str(threads)})
    return rate_in(r"\((\d+) attempts/s\)", output, "onion-vanity-address")


def mkp224o(binary, target, seconds, threads):
    with tempfile.TemporaryDirectory() as folder:
        command = [binary, "-t", str(threads), "-S", "1", "-d", folder, HOPELESS[target]]
        output = stopped(command, seconds)
    return rate_in(r"calc/sec:([0-9.]+)", output, "mkp224o")


def wireguard_vanity_key(binary, _target, seconds, threads):
    """It says its rate with a key that it found, so it finds some."""
    attempts = taken = 0.0
    while taken < seconds:
        command = [binary, "-prefix=moon"]
        output = stopped(command, 3600, {"GOMAXPROCS": str(threads)})
        tried = rate_in(r"moon\S+=\s+(\d+)\s", output, "wireguard-vanity-key")
        rate = rate_in(r"(\d+)\s*$", output, "wireguard-vanity-key")
        attempts += tried
        taken += tried / rate
    return attempts / taken


TOOLS = [
    ("vanikeys", "onion", vanikeys),
    ("onion_vanity_address", "onion", onion_vanity_address),
    ("mkp224o", "onion", mkp224o),
    ("vanikeys", "wireguard", vanikeys),
    ("wireguard_vanity_key", "wireguard", wireguard_vanity_key),
]


def duration(seconds):
    for unit, size in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.2f} s"


def programs(given):
    """The paths of the programs to compare."""
    return sorted({getattr(given, name) for name, _, _ in TOOLS if getattr(given, name)})


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--vanikeys", default="target/release/vanikeys")
    for tool in ("onion-vanity-address", "mkp224o", "wireguard-vanity-key"):
        arguments.add_argument(f"--{tool}", metavar="PATH")
    arguments.add_argument("--seconds", type=int, default=10, help="for each measurement")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--threads", type=int, default=os.cpu_count())
    given = arguments.parse_args()
    for path in programs(given):
        if not (os.path.isfile(path) and os.access(path, os.X_OK)):
            arguments.error(f"{path} is no program: build it first, or leave its option out")
    there = [(name, target, rate) for name, target, rate in TOOLS if getattr(given, name)]
    rates = {(name, target): [] for name, target, _ in there}
    for _ in range(given.rounds):
        for name, target, rate in there:
            rates[name, target].append(rate(getattr(given, name), target, given.seconds, given.threads))
    print(f"{given.threads} threads, the middle of {given.rounds} rounds of {given.seconds} s\n")
    print("| prefix of | tool | keys/s | beside vanikeys | time for |\n|---|---|---|---|---|")
    for name, target, _ in there:
        middle = statistics.median(rates[name, target])
        ratio = middle / statistics.median(rates["vanikeys", target])
        prefix, expected = SAID[target]
        print(
            f"| {target} | {name.replace('_', '-')} | {middle / 1e6:.2f} M | {ratio:.2f} "
            f"| `{prefix}`: {duration(expected / middle)} |"
        )


if __name__ == "__main__":
    main()
