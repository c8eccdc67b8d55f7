#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The same as kill_slot.sh, on LUKS1.
TYPES=1
. "$(dirname "$0")/kill_slot.sh"
