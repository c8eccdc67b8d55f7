#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What config can do beyond the peer: flags, and labels that stay unchanged unless they are given.
. "$(dirname "$0")/transcript.sh"
format img one
shown() { "$LATCHKEY" luksDump img | grep -E 'Label|Subsystem|Flags'; }
run config img --label L
run config img --subsystem S
shown
run config img --flags allow-discards,no-read-workqueue
shown
run config img --flags nonsense
run config img --flags same-cpu-crypt
shown
run config img --flags none
shown
run config img --label "$(printf '%048d' 0)"
run config img --label "$(printf 'a\tb')"
run config img
shown
