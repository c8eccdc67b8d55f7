// SPDX-License-Identifier: LGPL-2.1-or-later
// The public C header, with its functions exported.  Every file that defines some of them includes this.
#pragma once

#pragma GCC visibility push(default)
#include <libcryptsetup.h>
#pragma GCC visibility pop
