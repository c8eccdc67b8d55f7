#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
# Accepts any number for measured values.
measured() { run benchmark "$@" | sed -E 's/(sha256 |sha512 |argon2id|argon2i ) +[0-9]+ iterations/\1 N iterations/; s/[0-9]+ parallel/N parallel/'; }
measured --hash sha256
measured --pbkdf pbkdf2 --hash sha256
measured --pbkdf pbkdf2 --hash sha512 --key-size 512
measured --pbkdf argon2id --iter-time 100 --pbkdf-memory 1024
measured --pbkdf argon2i --iter-time 100 --pbkdf-memory 1024 --key-size 512
status benchmark --hash nonsense
run benchmark --pbkdf nonsense
run benchmark --label x
