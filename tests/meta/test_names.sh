#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Names of tests are for people: no bytes and no addresses of parameters.  Usage: test_names.sh GTEST_PROGRAM...
set -eu
bad=0
for program; do
    # The name contains the parameter's name if the test gives one, and else the printed form of GetParam().
    names=$("$program" --gtest_list_tests | awk '/^[^ ]/ { suite = $1; next } { sub(/^ +/, ""); print suite $0 }' |
        grep -E '/[0-9]+  # GetParam\(\) = (.*-byte object <|.*0x[0-9a-f]+|$|[^ -~])') || continue
    echo "$program has tests whose names nobody can read; give INSTANTIATE_TEST_SUITE_P a function that names them, or their type a PrintTo():"
    echo "$names" | cut -c1-100
    bad=1
done
exit $bad
