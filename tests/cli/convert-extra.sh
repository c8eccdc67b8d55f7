#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A type that is none of LUKS.  cryptsetup 2.7 speaks of --key-size here, which nobody gave.
. "$(dirname "$0")/transcript.sh"
format1 img one
cp img before
run convert -q img --type plain
unchanged_since before img
