#!/usr/bin/env bash
# Apply exactly the plan that was reviewed. Refuses, and says why, when the plan is not the reviewed one, when it
# has expired, and when the merged tree wants something else than the plan was made from.
#
#   apply.sh PLAN REVIEWED_HASH
set -euo pipefail

unknot apply "$1" --plan-hash "$2" --same-tree
