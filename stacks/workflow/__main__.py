"""`python -m unknot.stacks.workflow`: the child that `retracing.retrace` starts. Not for people."""

import os
import sys

from unknot.stacks.workflow.retracing import answer

if __name__ == "__main__":
    reply_to = os.dup(1)
    os.dup2(2, 1)  # what the user's modules print must not end up in the reply
    reply = answer(sys.stdin.buffer.read())
    with os.fdopen(reply_to, "wb") as stream:
        stream.write(reply)
