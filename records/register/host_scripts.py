"""The files of the shell's that lie at an upstream: they say the same wherever they lie, so that whoever keeps the host can compare them.

An upstream may have a *standby* on another host. What is pushed here is pushed there first, by the hook, before it is taken here: so the
standby is never behind, and it is the standby that decides. Or, where that is set, it follows a moment later. A standby takes from its
upstream alone until it is told to take over, and nothing from it afterwards: then whoever still pushes to the old one is refused there.
"""

from records.store.branch import MAIN
from records.store.rolling import MANY
from records.store.upstream import (
    AT_STANDBY,
    CLOCK,
    FED,
    FEEDING,
    LOCKED,
    NOT_AT_STANDBY,
    SCRIPTS,
    STANDBY,
    STATE,
    STRAYS,
    TURN,
    UNSURE_AT_STANDBY,
    ssh_command,
)

MARK = "#!/bin/sh\n# duban upstream："
"""How each of them begins; what begins otherwise is somebody else's."""

IS_STANDBY = "is-standby"
"""The file that is there while a repository is a standby."""
SUPERSEDED = "superseded"
"""The file, in the folder of the feed, that is there once the standby was heard to have taken over."""
TAKEN_OVER = "已经接替"
"""By which word a standby that took over is known to the upstream that it stood by."""

_STUCK = '{ read -r _ now <turn && [ "$pid" = "$now" ] && [ "/proc/$pid/cwd" -ef . ] && kill "$pid"; } 2>/dev/null'
"""Whoever still has the turn that he had ten seconds ago is cut off, more likely than not, and sshd would not hear of it for hours."""

_RECENT = f"find {FEEDING}/sent -mmin -1 ! -newermt now 2>/dev/null"
"""What says something where the standby was sent anything within the last minute; a clock that ran ahead once does not count."""

PRE_RECEIVE = f"""{MARK}只收 main 一个分支，删除不收；强制推送由 receive.denyNonFastForwards 拒绝。
# 轮到别的服务器的，先等它，最多十秒。有备用库的，备用库收下了这里才收（feed）。推送等的就是这里，能不另起程序的都不起。
server=
[ ! -s turn ] || read -r server pid <turn
case "$server" in
"" | "$DUBAN_SERVER") ;;
*) flock -w 10 turn.lock true || {_STUCK} ;;
esac
if [ -e {IS_STANDBY} ] && [ -z "${FED}" ]; then
    echo "这里是备用库，还没有接替，不收服务器推送的。请推送到它的上级库；要由它接替的，请它的管理员照 docs/machines.md 办。" >&2
    exit 1
elif [ ! -e {IS_STANDBY} ] && [ -n "${FED}" ]; then
    echo "备用库{TAKEN_OVER}，不再收原来的上级库送来的。" >&2
    exit 1
fi
while read -r old new ref; do
    case "$ref:$new" in
    {MAIN}:*[!0]*) [ ! -e {FEEDING}/url ] || sh ./feed now "$new" "$old" || exit 1 ;;
    *)
        echo "上级库只收 main 一个分支上接着办的各笔，这一次没有收下。" >&2
        exit 1
        ;;
    esac
done
"""

POST_RECEIVE = f"""{MARK}轮到自己的，写好以后交出；备用库随后跟上的，送去；小包多了的，合起来。
if [ -s turn ] && read -r server pid <turn && [ "$server" = "$DUBAN_SERVER" ] && [ "/proc/$pid/cwd" -ef . ]; then
    : >turn
    kill "$pid"
fi 2>/dev/null
if [ -e {FEEDING}/later ]; then setsid sh ./feed later </dev/null >/dev/null 2>&1 & fi
# 每推送一次多一个包，找一个对象要逐个包找：多了，在后台合起来，不让谁等。
set -- objects/pack/*.pack
if [ $# -gt {MANY} ]; then setsid flock -n repack.lock nice git repack -d --geometric=2 --quiet </dev/null >/dev/null 2>&1 & fi
"""

FEED = f"""{MARK}送到备用库，它的地址在 {FEEDING}/url。now：收下以前；later：收下以后；first：接上；taken：它是不是已经接替；fetch：取它的。
cd "${{0%/*}}" || exit 1
there=${{DUBAN_TO:-$(cat {FEEDING}/url)}} || exit 1
unset GIT_TRACE_PACKET GIT_QUARANTINE_PATH  # the standby's own Git is not the one that is pushed to
export LC_ALL=C GIT_SSH_VARIANT=ssh {FED}=1
export GIT_SSH_COMMAND="{ssh_command(FEEDING)}"
# 推送的等三十秒什么都不动，就当作断了：备用库那边动着的，转告它。十分钟什么都不动的，不再送，占着轮次的才放得开。
moves() {{
    exec </dev/null >/dev/null 2>&1 3>&- 6>&- 9>&-
    trap 'kill $!; exit' TERM
    was= still=0
    while sleep 5 5<&- 7>&- & wait $! && kill -0 $$; do
        now=$(tail -c 300 /proc/self/fd/5 | tr '\\r' '\\n' | tail -n 1)
        if [ "$now" = "$was" ]; then
            still=$((still + 1))
            [ $still -lt 120 ] || kill "$1"
            continue
        fi
        was=$now still=0
        case "$now" in *"objects: "* | *"deltas: "* | *"connectivity: "*) echo "$now" >&7 ;; esac
    done
}}
push() {{
    exec 3>{FEEDING}/lines.$$ 6>{FEEDING}/told.$$ 5<{FEEDING}/told.$$ 7>&2
    rm -f {FEEDING}/lines.$$ {FEEDING}/told.$$
    GIT_TRACE_PACKET=3 git push --progress --no-verify $2 -- "$there" "$1:{MAIN}" >&6 2>&1 5<&- 6>&- 7>&- 9>&- &
    pushing=$!
    moves $pushing &
    wait $pushing 2>/dev/null
    failed=$?
    {{ kill $! && wait $!; }} 2>/dev/null
    said= unsure=
    if [ $failed != 0 ]; then
        said=$(tr '\\r' '\\n' </proc/self/fd/5 | sed '/^\\(remote: \\)*\\(Total \\|[A-Z][a-z]* [a-z]*: \\)/d; /^Delta /d')
        # 送出去了、没有答复的，备用库也许收下了。
        case "$said" in *"rejected]"*) ;; *) unsure=$(grep -am 1 '> [0-9a-f]\\{{40\\}} [0-9a-f]\\{{40\\}} {MAIN}' /proc/self/fd/3) ;; esac
    fi
    exec 3>&- 5<&- 6>&- 7>&-
    return $failed
}}
sent() {{
    echo "$1" >{FEEDING}/sent.$$ && mv {FEEDING}/sent.$$ {FEEDING}/sent
}}
took_over() {{
    case "$there" in
    /*) [ -f "$there/HEAD" ] && [ ! -e "$there/{IS_STANDBY}" ] || return 1 ;;  # 没有挂上的磁盘，那里是个空目录
    *)
        case "$said" in *{TAKEN_OVER}*) ;; *) return 1 ;; esac
        ;;
    esac
    : >{FEEDING}/{SUPERSEDED}
}}
no_more() {{
    echo "这个上级库的备用库{TAKEN_OVER}，这里不再收。请改接备用库（$there）；这个库要作它的备用库，请管理员照 docs/machines.md 办。" >&2
    exit 1
}}
case "$1" in
now)
    [ ! -e {FEEDING}/{SUPERSEDED} ] || no_more
    if [ -e {FEEDING}/later ]; then
        # 一分钟没有送过去：可能是停了再开的，先看备用库是不是已经接替。
        [ -z "$({_RECENT})" ] || exit 0
        push {MAIN} --dry-run
        ! took_over || no_more
        exit 0
    fi
    if push "$2"; then
        echo "{AT_STANDBY}" >&2
        sent "$2"
        exit 0
    fi
    ! took_over || no_more
    # 备用库在前面的，上一次它收下以后这里断了：跟上，推送的在新的上面重新办。
    if [ "$(git rev-parse --quiet --verify {MAIN} || echo 0000000000000000000000000000000000000000)" = "$3" ]; then
        unset GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
        timeout 60 git fetch --quiet --no-tags -- "$there" {MAIN}:{MAIN} 2>/dev/null
    fi
    if [ -n "$unsure" ]; then echo "{UNSURE_AT_STANDBY}$said"; else echo "{NOT_AT_STANDBY}$said"; fi >&2
    exit 1
    ;;
later)
    # 一个在送，一个在等，就够了：等的那一个送的，有这一笔。
    exec 8>>{FEEDING}/waits 9>>{FEEDING}/queue
    flock -n 8 || exit 0
    flock 9
    exec 8>&-
    main=$(git rev-parse {MAIN})
    [ "$(cat {FEEDING}/sent 2>/dev/null)" != "$main" ] || exit 0
    if push "$main"; then sent "$main"; else took_over; fi
    ;;
first)
    main=$(git rev-parse --quiet --verify {MAIN})
    if [ -n "$main" ]; then
        if push "$main"; then sent "$main" && exit 0; fi
    else
        said=$(git ls-remote --quiet -- "$there" 2>&1) && exit 0
    fi
    echo "$said"
    exit 1
    ;;
taken)
    push {MAIN} --dry-run
    took_over
    ;;
fetch) exec git fetch --quiet --no-tags -- "$there" {MAIN} ;;
esac
"""

ENTER = f"""{MARK}sshd 为各服务器的密钥运行的命令：哪一台，read 的只能取，feed 的是备用库的上级库。只有这几种，客户端写的路径一律不用。
cd "${{0%/*}}" || exit 1
umask 027
export DUBAN_SERVER="$1"
case "$2:$SSH_ORIGINAL_COMMAND" in
# 查推送来的是否齐全，有 main 就够了：不再为暂放之处另起程序，把同样的引用列一遍。
:"git-receive-pack "*) exec git -c core.alternateRefsCommand=true receive-pack . ;;
feed:"git-receive-pack "*)
    export {FED}=1
    [ -e {IS_STANDBY} ] && exec git receive-pack .
    echo "备用库{TAKEN_OVER}，不再收原来的上级库送来的。" >&2
    exit 1
    ;;
:"git-upload-pack "* | read:"git-upload-pack "* | feed:"git-upload-pack "*) exec git upload-pack . ;;
:{STATE} | read:{STATE})
    cat config
    echo "[{STANDBY}]"
    [ ! -e {IS_STANDBY} ] || echo "role = standby"
    if [ -e {FEEDING}/url ]; then
        # 一分钟没有送过去的，先看备用库是不是已经接替：只取不送的服务器，别处得不到这个消息。
        # 没有接替的，落后的各笔再送：它好了以后没有人办，也要跟上。
        if [ ! -e {FEEDING}/{SUPERSEDED} ] && [ -z "$({_RECENT})" ]; then
            timeout 5 sh ./feed taken </dev/null >/dev/null 2>&1
            [ ! -e {FEEDING}/later ] || [ -e {FEEDING}/{SUPERSEDED} ] || setsid sh ./feed later </dev/null >/dev/null 2>&1 &
        fi
        echo "url = $(cat {FEEDING}/url)"
        echo "sent = $(cat {FEEDING}/sent 2>/dev/null)"
        [ ! -e {FEEDING}/later ] || echo "later = true"
        [ ! -e {FEEDING}/{SUPERSEDED} ] || echo "{SUPERSEDED} = true"
    fi
    echo "[{CLOCK}]"
    echo "now = $(date +%s)"
    echo "[{SCRIPTS}]"
    for each in enter feed hooks/pre-receive hooks/post-receive; do
        [ ! -x "$each" ] || echo "${{each##*/}} = $(sha256sum <"$each")"
    done
    echo "[{STRAYS}]"
    find objects -maxdepth 2 \\( -name "tmp_*" -o -name "incoming-*" -o -name ".tmp-*" \\) -mmin +1440 -prune
    echo "[{LOCKED}]"
    exec find . -name "*.lock" -mmin +1
    ;;
:{TURN})
    # 轮到它，直到它推送了、走了，或者断了线。它的别的程序已经轮到的，一起。
    server=
    exec 8>>turn.lock
    if ! flock -n 8; then
        [ ! -s turn ] || read -r server pid <turn
        [ "$server" != "$1" ] || exec git rev-parse --verify {MAIN}
        flock -w 10 8 || {{ {_STUCK}; flock -w 15 8; }} || exit 1
    fi
    echo "$1 $$" >turn
    if {{ read -r head <{MAIN}; }} 2>/dev/null; then echo "$head"; else git rev-parse --verify {MAIN} || exit 1; fi
    read -r over
    : >turn
    exit
    ;;
read:"git-receive-pack "*)
    echo "这把密钥在名单里只能取，不能推送。要办理的服务器，请 Git 主机的管理员把它那一行重新写过（不加 --read）。" >&2
    exit 126
    ;;
esac
echo "这里只能由登记簿的服务器推送、获取（git-receive-pack、git-upload-pack）。" >&2
exit 126
"""
