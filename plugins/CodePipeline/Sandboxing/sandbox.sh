# Builds a root of nothing but the given read-only folders and files, enters it, drops every privilege and starts the command.
# Arguments: outer|inner, mount point, then pairs of a kind (folder, file, link) and a path (link: also its target), then --, then the command.
# "outer" is for a process with real root: what it can read is mounted first, then the process becomes nobody, in namespaces of its own.
# "inner" runs inside of the new user namespace. Everything mounted vanishes with the namespaces.
set -e
umask 022
stage=$1
root=$2
shift 2

build() {
    mount -t tmpfs -o size=1m,mode=755,nosuid,nodev tmpfs "$root"
    mkdir -p "$root/dev" "$root/proc" "$root/old" "$root/sandbox"
    for device in null zero random urandom; do
        : > "$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    while [ "$1" != "--" ]; do
        case $1 in
        link)
            mkdir -p "$root${2%/*}"
            ln -s "$3" "$root$2"
            shift 3
            continue
            ;;
        folder)
            mkdir -p "$root$2"
            mount -o rbind,ro,nosuid,nodev "$2" "$root$2"
            ;;
        file)
            mkdir -p "$root${2%/*}"
            : > "$root$2"
            mount -o bind,ro,nosuid,nodev "$2" "$root$2"
            ;;
        esac
        shift 2
    done
}


case $stage in
outer)
    build "$@"
    exec setpriv --reuid=65534 --regid=65534 --clear-groups -- \
        unshare --user --map-root-user --mount --net --pid --ipc --uts --fork --kill-child -- sh -c "$AGENTS_SANDBOX" sh entered "$root" "$@"
    ;;
inner)
    build "$@"
    ;;
entered)
    # Mounts made outside of this user namespace are locked; a copy of them on top can be entered.
    ;;
esac
mount --rbind "$root" "$root"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o size=32m,mode=777,nosuid,nodev,noexec tmpfs "$root/sandbox"
# Best effort: with no further user namespaces there is less of the kernel to attack.
echo 0 > "$root/proc/sys/user/max_user_namespaces" || true
mount -o remount,bind,ro "$root"
leave="/old$(command -v umount)"
cd "$root"
pivot_root . old
cd /
"$leave" -l /old
cd /sandbox
unset AGENTS_SANDBOX
while [ "$1" != "--" ]; do shift; done
shift
exec "$@"
