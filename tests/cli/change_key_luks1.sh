#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The same as change_key.sh, on LUKS1.
TYPES=1
. "$(dirname "$0")/change_key.sh"
