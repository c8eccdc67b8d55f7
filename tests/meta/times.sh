#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tools/test-times prints how the time of a run was spent.  Usage: times.sh SOURCE_DIR BUILD_DIR
set -eu
work=$(mktemp -d "$2/times.XXXXXX")
trap 'rm -rf "$work"' EXIT
failed() { echo "$*"; cat "$work/said"; exit 1; }

if "$1/tools/test-times" "$work" >"$work/said" 2>&1; then failed "it succeeds where nothing was run"; fi
grep -q "no tests were run there" "$work/said" || failed "it does not say that nothing was run"

cat >"$work/CTestTestfile.cmake" <<'END'
add_test(quick "true")
add_test(slow "sleep" "2")
add_test(failing "false")
add_test(alone "true")
set_tests_properties(quick failing PROPERTIES LABELS "unit")
set_tests_properties(slow PROPERTIES LABELS "slow;kernel")
END
ctest --test-dir "$work" >"$work/said" 2>&1 && failed "ctest does not see the failing test"
echo "       12 s  release" >"$work/builds"
"$1/tools/test-times" "$work" >"$work/said" 2>&1 || failed "it fails"
grep -qE '^ +[0-9.]+ s of 4 tests' "$work/said" || failed "the sum is wrong"
grep -qE '^ +[0-9.]+ s  kernel \(1, the slowest [0-9.]+ s\)$' "$work/said" || failed "no group kernel, or a group slow"
grep -qE '^ +[0-9.]+ s  unit \(2, ' "$work/said" || failed "group unit is wrong"
grep -q 'no label (1, ' "$work/said" || failed "a test without a label is lost"
sed -n '/^The slowest/{n;p;q}' "$work/said" | grep -q ' slow$' || failed "the slowest test is not the first"
grep -q '12 s  release' "$work/said" || failed "the builds are lost"
