#!/usr/bin/env bash
# Step of the pipeline: the image has no known fault of a high or critical severity. The report is what stoa hardening check reads with --scan-report.
#   deploy/ci/scan-image.sh IMAGE REPORT     (IMAGE as trivy takes it: a name with a tag or digest, or a tar file)
set -euo pipefail
[ $# -eq 2 ] || { echo "usage: $0 IMAGE REPORT" >&2; exit 2; }
image=$1 report=$2
command -v trivy >/dev/null || { echo "needs trivy to scan $image, and there is none on the PATH: nothing was scanned. Install trivy, or run this step in an image that has it." >&2; exit 2; }
source=("$image")
[ ! -f "$image" ] || source=(--input "$image")
mkdir -p "$(dirname "$report")"
# First the whole report, then the verdict: what fails the step is kept, too.
trivy image --quiet --scanners vuln,secret --format json --output "$report" "${source[@]}"
[ -s "$report" ] || { echo "trivy wrote no report to $report: nothing was scanned" >&2; exit 1; }
trivy convert --severity HIGH,CRITICAL --exit-code 1 --format table "$report"
