#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Ciphers are measured without the kernel.
. "$(dirname "$0")/transcript.sh"
numbers() { sed -E 's/ +[0-9]+\.[0-9] MiB/ N.N MiB/g; s/second":[0-9]+/second":N/g'; }
run benchmark --cipher aes-xts | numbers
run benchmark --cipher aes-xts-plain64 --key-size 256 | numbers
run benchmark --cipher aes | numbers
run benchmark --cipher serpent-cbc-essiv:sha256 --key-size 128 | numbers
run benchmark --cipher nonsense
run benchmark --cipher aes-xts --key-size 24
run benchmark --json --cipher aes-cbc --key-size 128 | numbers
run benchmark --json --hash nonsense
run benchmark --pbkdf pbkdf2 | sed "s/ *[0-9]* iter/ N iter/"
run benchmark --cipher 'capi:xts(aes)-plain64' | numbers
run benchmark --cipher 'capi:cbc(aes)' --key-size 128 | numbers
run benchmark --cipher 'capi:xts(nonsense-driver)-plain64'
