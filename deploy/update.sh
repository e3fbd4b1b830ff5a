#!/usr/bin/env bash
# Write the lock files of the image again, with the newest versions. Needs uv.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
lock() {
  printf '# %s Written by deploy/update.sh.\n' "$1"
  shift
  uv pip compile -q --universal --upgrade --python-version 3.11 --generate-hashes --no-header --no-annotate "$@"
}
lock 'What the image contains beside the mock itself.' pyproject.toml --extra compression --extra redis --extra reload \
  >deploy/requirements.txt
lock 'What builds the wheel of the image.' - <<<'hatchling>=1.27' >deploy/build-requirements.txt
