"""Runs a program on a terminal of its own and types answers as a person would: each once its question is shown.

    python3 typist.py DIALOGUE PROGRAM ARGUMENTS...

DIALOGUE is a file of lines `question<TAB>answer`; the answer ^C is the interrupt key. What the terminal showed goes to
standard output; the exit code is the program's, or 128 and the signal's number.
"""

import os
import pty
import select
import sys
import time

LIMIT_SECONDS = 60


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        dialogue = [line.rstrip("\n").split("\t") for line in file]
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.argv[2], sys.argv[2:])
    shown = b""
    seen = 0
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        if dialogue:
            place = shown.find(dialogue[0][0].encode(), seen)
            if place >= 0:
                seen = place + len(dialogue[0][0].encode())
                answer = dialogue.pop(0)[1]
                os.write(terminal, b"\x03" if answer == "^C" else answer.encode() + b"\n")
                continue
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            # Linux's way to say that the program's side is closed.
            break
        if not piece:
            break
        shown += piece
    else:
        os.kill(child, 9)
    sys.stdout.buffer.write(shown)
    sys.stdout.flush()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if dialogue:
        sys.exit(f"never asked: {dialogue[0][0]}")
    sys.exit(code if code >= 0 else 128 - code)


main()
