//! A disk that is really full, and one that is really read-only: the program on a small file system of its own, mounted in a namespace
//! that ends with the test.

use std::process::Command;

use dutynet_tests::ground::program;

/// Runs a shell script with `$DUTYNET` and an empty small disk as its folder; its output.
fn on_a_small_disk(script: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let is_root = std::fs::metadata("/proc/self").map(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0).unwrap_or(false);
    let mut command = Command::new("unshare");
    if !is_root {
        command.args(["--user", "--map-root-user"]);
    }
    command.args(["--mount", "bash", "-euo", "pipefail", "-c"]);
    command.arg(format!("mount -t tmpfs -o size=64m tmpfs \"$SMALL\"\ncd \"$SMALL\"\n{PRELUDE}\n{script}"));
    command.env("DUTYNET", program("dutynet")).env("SMALL", folder.path()).env_remove("DUTYNET_CONFIG");
    let ended = command.output().expect("unshare is part of util-linux");
    let text = format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{text}");
    text
}

const PRELUDE: &str = r#"
cat > node.toml <<'TOML'
[node]
data = "data"
[link]
listen = "127.0.0.1:0"
[api]
listen = "127.0.0.1:0"
[store]
free_min = "4MiB"
index_cache = "4MiB"
TOML
"$DUTYNET" init 440000 --name 广东省 --class province --zone gov > /dev/null
node=0
trap '[ "$node" = 0 ] || kill -9 "$node" 2>/dev/null || true' EXIT
serve() {
    "$DUTYNET" serve < /dev/null > node.out 2>&1 & node=$!
    until [ -f data/serving.json ]; do kill -0 "$node"; sleep 0.05; done
}
# until_said WORD COMMAND…: repeats the command until it says the word.
until_said() {
    local word=$1 try; shift
    for try in $(seq 200); do
        if said=$("$@" 2>&1 || true) && grep -q -- "$word" <<< "$said"; then return 0; fi
        sleep 0.1
    done
    echo "never said $word: $said"; return 1
}
# Another day each time: what is filed already folds, on a full disk too.
another() { zero "2025-$(printf %02d $((RANDOM % 12 + 1)))-$(printf %02d $((RANDOM % 28 + 1)))"; }
zero() { "$DUTYNET" report zero --as z01:张三 --period "$1"; }
fill() { dd if=/dev/zero of=filler bs=1M count="$1" status=none 2>/dev/null || true; }
free_mib() { df --output=avail -m . | tail -1 | tr -d ' '; }
"#;

#[test]
fn a_full_disk_refuses_new_work_in_words_and_keeps_what_it_took() {
    on_a_small_disk(
        r#"
serve
zero 2026-01-01 > /dev/null
fill $(( $(free_mib) - 6 ))
until_said NO_SPACE another
"$DUTYNET" status > /dev/null
"$DUTYNET" report show zero --period 2026-01-01 | grep -q 自然灾害
rm filler
until_said 已保存： another
"$DUTYNET" verify | grep -q 核对无误
kill "$node"; wait "$node" || true; node=0
"#,
    );
}

#[test]
fn a_node_that_was_killed_on_a_full_disk_comes_back_with_everything_when_there_is_room() {
    on_a_small_disk(
        r#"
serve
zero 2026-01-01 > /dev/null
kill -9 "$node"; wait "$node" 2>/dev/null || true; node=0
rm -f data/serving.json
fill 200
if said=$("$DUTYNET" serve 2>&1 < /dev/null); then echo "it served on a full disk"; exit 1; fi
grep -q "代码" <<< "$said" || { echo "no sentence: $said"; exit 1; }
rm filler
serve
"$DUTYNET" report show zero --period 2026-01-01 | grep -q 自然灾害
"$DUTYNET" verify | grep -q 核对无误
kill "$node"; wait "$node" || true; node=0
"#,
    );
}

#[test]
fn a_read_only_folder_is_refused_in_words() {
    on_a_small_disk(
        r#"
mount -o remount,ro "$SMALL"
if said=$("$DUTYNET" serve 2>&1 < /dev/null); then echo "it served from a read-only disk"; exit 1; fi
grep -q "代码 FOLDER_READ_ONLY" <<< "$said"
"#,
    );
}

#[test]
fn a_full_stick_is_said_to_be_full_and_the_backup_before_stays_whole() {
    let script = r#"
mkdir stick && mount -t tmpfs -o size=1m tmpfs stick
serve
now() { "$DUTYNET" backup now --to stick --as z01:张三; }
now > /dev/null
dd if=/dev/zero of=stick/photo bs=4k count=1000 status=none 2> /dev/null || true
zero 2026-03-01 > /dev/null
until_said BACKUP_FULL now
"$DUTYNET" backup check stick | grep -q 完整
"$DUTYNET" backup list stick --json | grep -q '"number": 1'
until_said BACKUP_FULL "$DUTYNET" backup list --json
ls stick/dutynet-440000 | grep -q part && { echo "what could not be copied stays"; exit 1; }
rm stick/photo
now | grep -q 第
"$DUTYNET" backup check stick | grep -q 完整
mount -o remount,ro stick
zero 2026-03-02 > /dev/null
until_said BACKUP_DISK_FAILED now
"#;
    on_a_small_disk(script);
}
