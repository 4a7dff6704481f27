# Runs a file of tests as a program of its own, and prints a line of JSON for each test as it ends.
# python3 runSuite.py <file> <port>
import json
import os
import runpy
import signal
import sys
import unittest

file, port = sys.argv[1:]
# Some tests wait for ever for what a broker does not do.
longest_seconds = 40


def give_up(*_):
    raise TimeoutError(f"not over after {longest_seconds} seconds")


class Lines(unittest.TestResult):
    def startTest(self, test):
        signal.alarm(longest_seconds)

    def say(self, test, outcome, error=None):
        reason = "" if error is None else f"{error[0].__name__}: {error[1]}"
        print(json.dumps({"test": test.id().split(".")[-1], "outcome": outcome, "reason": reason}), file=out, flush=True)

    def addSuccess(self, test):
        self.say(test, "passed")

    def addFailure(self, test, error):
        self.say(test, "failed", error)

    def addError(self, test, error):
        self.say(test, "failed", error)


def main():
    signal.signal(signal.SIGALRM, give_up)
    unittest.defaultTestLoader.loadTestsFromTestCase(sys.modules["__main__"].Test).run(Lines())
    out.flush()
    # Receivers of connections that are gone may still wait in their threads.
    os._exit(0)


unittest.main = main
sys.path.insert(0, os.path.dirname(file))
# The second file descriptor takes what the tests themselves print.
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
sys.argv = [file, "-p", port]
runpy.run_path(file, run_name="__main__")
