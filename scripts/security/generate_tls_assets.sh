#!/usr/bin/env bash
# Certificates for a Redis with mutual TLS: generate_tls_assets.sh [FOLDER] [HOST,HOST…] [MORE HOSTS]; DAYS and CLIENT_CN as in the environment.
set -euo pipefail
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../bin/stem" tls generate \
  --days "${DAYS:-365}" --client-name "${CLIENT_CN:-stem-client}" "$@"
