// SPDX-License-Identifier: GPL-2.0-only
#define TWIN 1
#include "ks_twin.h"
