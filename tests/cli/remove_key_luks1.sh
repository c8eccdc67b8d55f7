#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The same as remove_key.sh, on LUKS1.
TYPES=1
. "$(dirname "$0")/remove_key.sh"
