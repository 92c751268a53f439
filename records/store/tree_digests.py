"""What a checkpoint vouches for: one hash over all files of a commit, that does not rest on Git's SHA-1.

A file's digest is the hash of its bytes. A folder's is the hash of its lines, ``blob <hex> <name>`` or ``tree <hex> <name>`` and a line
feed, in Git's order; that of the root stands for everything. What lies under one tree id never changes, so a folder is counted once:
the next checkpoint reads the folders that changed, and no other.
"""

from collections.abc import MutableMapping

from records.matter.digests import Digests, digests
from records.store.objects import check_tree, tree_entries
from records.store.record_history import Read
from records.store.store import DEEPEST, FILE, FOLDER, StoreError
from schema.text import show


def tree_digests(read: Read, tree: str, known: MutableMapping[str, Digests], depth: int = 0) -> Digests:
    """Return the hashes over a tree.

    Args:
        read: gives an object by its id and its kind, checked against the id.
        tree: id of the tree.
        known: hashes of trees, and of blobs, by their ids; those of trees that are counted are added to it.
        depth: in how many folders it lies.

    Raises:
        StoreError: an object is missing or damaged, or is something that no register holds, such as a link.
    """
    if (found := known.get(tree)) is not None:
        return found
    lines: tuple[list[bytes], list[bytes]] = ([], [])
    for _, entry in tree_entries(check_tree(read(tree, "tree"))):
        if entry.mode not in (FILE, FOLDER) or "\n" in entry.name:
            raise StoreError(f"登记库中的 {show(entry.name)} 不是普通文件，也不是文件夹，无从计算摘要。请核查它由谁提交。")
        is_folder = entry.mode == FOLDER
        if is_folder and depth >= DEEPEST:
            raise StoreError(f"文件夹 {show(entry.name)} 在{depth}层文件夹以内，登记簿没有这么深，无从计算摘要。请核查它由谁提交。")
        each = tree_digests(read, entry.id, known, depth + 1) if is_folder else known.get(entry.id) or digests(read(entry.id, "blob"))
        name = entry.name.encode(errors="surrogateescape")
        for gathered, digest in zip(lines, (each.sha256, each.sm3), strict=True):
            gathered.append(b"%s %s %s\n" % (b"tree" if is_folder else b"blob", digest.encode(), name))
    whole = tuple(map(b"".join, lines))
    found = known[tree] = Digests(digests(whole[0]).sha256, digests(whole[1]).sm3)
    return found
