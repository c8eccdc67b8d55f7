#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The same as open_test.sh, on LUKS1.
TYPES=1
. "$(dirname "$0")/open_test.sh"
