#!/usr/bin/env bash
# Plan, save the plan, and render the comment. Leaves plan.unknot, plan.hash and comment.md behind.
#
#   FORK=true   the pull request comes from a fork: no credentials are there, so nothing is refreshed
set -euo pipefail

flags=()
if [ "${FORK:-false}" = true ]; then
  flags+=(--no-refresh)
fi

unknot validate
unknot plan --out plan.unknot "${flags[@]}"
unknot show plan.unknot | sed -n 's/^Hash: //p' > plan.hash
{
  echo "<!-- unknot-plan: $(cat plan.hash) -->"
  unknot review plan.unknot
} > comment.md
