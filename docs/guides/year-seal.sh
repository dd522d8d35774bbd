#!/bin/sh
# 独立复算封账年度：从全部变动重算各级年初、变动、年末，并计算封账校验码（SHA-256）。
# Computes a closed year again from every change of the register, and the seal over it, without the platform's own code.
# Needs curl, jq and sha256sum. The token of an auditor or the county office stands in TOKEN.
#
#   TOKEN=… sh year-seal.sh https://…/api/registry/v1 220622 2015
#
# Ends with 0 where the seal, the frozen rows and the changes agree.
set -eu
address=$1 county=$2 year=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

get() {
  path=$1
  shift
  curl --silent --show-error --fail --get --header "Authorization: Bearer $TOKEN" \
    --data "division=$county" "$@" "$address/$path"
}

# Every item of a list, one a line, page by page.
items() {
  next=
  while :; do
    if [ -n "$next" ]; then get "$1" --data limit=1000 --data-urlencode "cursor=$next"; else get "$1" --data limit=1000; fi \
      >"$folder/page"
    jq -c '.items[]' "$folder/page"
    next=$(jq -r '.next // empty' "$folder/page")
    [ -n "$next" ] || break
  done
}

# The canonical JSON of a year's rows (on the input), and its SHA-256.
seal() {
  jq -cjS --slurpfile sealed "$folder/sealed" --arg county "$county" --argjson year "$year" '
    # UTC to the microsecond, as 2016-01-08T00:00:00.000000+00:00
    def moment: sub("(Z|\\+00:00)$"; "") | split(".") | .[0] + "." + ((.[1] // "") + "000000")[:6] + "+00:00";
    {county: $county, year: $year, rows: ., previous: $sealed[0].previous, closed_at: ($sealed[0].closed_at | moment)}
  ' | sha256sum | cut -d" " -f1
}

sorted='def place: {opening: 0, bridge: 1, closing: 2}[.];'

get "years/$year" | jq .frozen >"$folder/sealed"
items "years/$year/lines" | jq -cs "$sorted"'
  map([.division, .line, .kind, .reason, .late, .changes, .households, .persons])
  | sort_by([.[0], (.[1] | place)] + .[2:])
' >"$folder/frozen"

# A change of the opening adds to the opening, one of the year (or known late) to the bridge by its kind and reason; both
# add to the closing, of the village, its town and its county. What was learned after the close adds to nothing.
# A change counts as many times as it says: one that was cancelled not at all.
items "years/$year/changes" | jq -cs "$sorted"'
  map(select(.phase != "after"))
  | map(. + {as: (if .phase == "opening" then ["opening", "", "", false] else ["bridge", .kind, .reason, .late] end)})
  | group_by([.division, .phase, .as])
  | map({division: .[0].division, phase: .[0].phase, as: .[0].as, some: any(.[]; .households != 0 or .persons != 0),
      adds: [(map(.times) | add), (map(.households) | add), (map(.persons) | add)]})
  | map(select(.phase == "opening" or .adds[1] != 0 or .adds[2] != 0 or (.adds[0] != 0 and .some)))
  | [.[] as $one | (6, 9, 12) as $width | $one.division[:$width] as $at
      | {row: ([$at] + $one.as), adds: $one.adds},
        {row: [$at, "closing", "", "", false], adds: $one.adds},
        {row: [$at, "opening", "", "", false], adds: [0, 0, 0]}]
  | group_by([.row[0], (.row[1] | place)] + .row[2:])
  | map(.[0].row + (map(.adds) | transpose | map(add)))
' >"$folder/computed"

sealed=$(jq -r .sha256 "$folder/sealed")
frozen=$(seal <"$folder/frozen")
computed=$(seal <"$folder/computed")
echo "封账校验码   sealed    $sealed"
echo "冻结数据     frozen    $frozen"
echo "变动复算     computed  $computed"
echo "全县 county: 项目 line, 类型 kind, 原因 reason, 补报 late, 笔数 changes, 户 households, 人 persons"
jq -r --arg county "$county" '.[] | select(.[0] == $county) | .[1:] | @tsv' "$folder/computed"
[ "$sealed" = "$frozen" ] && [ "$sealed" = "$computed" ]
