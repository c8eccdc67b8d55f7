#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
format img one; add img one two
run config img </dev/null
run config img --label L
run config -v img --label L --subsystem S
"$LATCHKEY" luksDump img | grep -E 'Label|Subsystem'
run config img --label '' --subsystem ''
"$LATCHKEY" luksDump img | grep -E 'Label|Subsystem'
run config img --label "$(printf '%047d' 0)"
run config img --priority prefer
run config img --priority nonsense -S 0
run config img --priority prefer -S 1
"$LATCHKEY" luksDump img | grep Prio
run config -v img --priority ignore -S 1
opens img one two
with two run open --test-passphrase -S 1 img
run config img --priority normal -S 1
status config img --priority normal -S 7
status config img --priority normal -S 37
run luksConfig img --priority prefer -S 0 --label both
"$LATCHKEY" luksDump img | grep -E 'Prio|Label'
format1 img1 one
run config img1 --label x
run config img1 --priority prefer -S 0
run config missing --label x
run config
