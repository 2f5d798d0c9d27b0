"""What `doctor` looks at around the product: folders, disk, fonts, port, and what the page names of elsewhere."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.finding import Finding
from assistant.port import reuse_option
from assistant.settings import Settings, users_file
from assistant.tab import Tab

_ENOUGH = 1_000_000_000
"""Bytes that ought to be free: an encoder takes half of it, a new index lies beside the old one."""
_PORT = 7860
_ELSEWHERE = re.compile(r"""(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+(?:\.[a-z0-9-]+)+""", re.I)


def look_around(settings: Settings, tabs: Sequence[Tab] = ()) -> Iterator[Finding]:
    """Findings about the machine that the product runs on; each stands for itself."""
    yield _chinese_path()
    yield _places(settings)
    yield _disk(settings)
    yield from _kept(settings)
    yield _fonts()
    yield _port()
    yield from _outside(tabs)


def _chinese_path() -> Finding:
    try:
        with tempfile.TemporaryDirectory(prefix="通知问答-") as folder:
            path = Path(folder) / "索引.txt"
            path.write_text("工会", encoding="utf-8")
            well = path.read_text(encoding="utf-8") == "工会"
    except OSError as error:
        return Finding(False, f"中文路径：写不了临时文件（{error.strerror}）")
    return Finding(well, "中文路径：可以读写" if well else "中文路径：写入和读出的内容不同")


def _places(settings: Settings) -> Finding:
    """Where everything lies, for whoever backs it up or looks for it."""
    places = {"通知": settings.content_dir} | _written(settings) | {"用户": users_file()}
    return Finding(True, "位置：" + "；".join(f"{name} {place}" for name, place in places.items()))


def _written(settings: Settings) -> dict[str, Path]:
    """The folders that are written to, by name."""
    places = {"索引": settings.index_dir, "缓存": settings.cache_dir}
    return places if settings.data_dir is None else places | {"数据": settings.data_dir}


def _disk(settings: Settings) -> Finding:
    places = _written(settings)
    free = {}
    for name, folder in places.items():
        there = next((p for p in (folder, *folder.parents) if p.is_dir()), Path())
        try:
            free[name] = shutil.disk_usage(there).free
        except OSError as error:
            return Finding(False, f"磁盘：{name}所在的 {there} 读不出（{error.strerror}）")
    said = "，".join(f"{name} {size / 1e9:.1f} GB" for name, size in free.items())
    if min(free.values()) < _ENOUGH:
        return Finding(False, f"磁盘：空间太少（{said}），请至少腾出 1 GB")
    return Finding(True, f"磁盘：可用空间 {said}")


def _kept(settings: Settings) -> Iterator[Finding]:
    """What people have added, and who may sign in."""
    from assistant.users import Users, UsersError
    from content.candidate import CandidateError
    from content.candidates import CandidateStore

    if settings.data_dir is not None:
        store = CandidateStore(settings.data_dir)
        try:
            count, cut_off = len(store.all()), store.cut_off()
        except (CandidateError, OSError) as error:
            yield Finding(False, f"新题：{error}")
        else:
            yield Finding(True, f"新题：{count} 道" + (f"；{cut_off}" if cut_off else "，记录完整"))
    try:
        users = Users(users_file()).all()
    except UsersError as error:
        yield Finding(False, f"用户：{error}")
    else:
        yield Finding(True, f"用户：{len(users)} 人" if users else "用户：没有（只在本机使用时不需要）")


def _fonts() -> Finding:
    """Readers use the fonts of their own machines; this machine draws the plots of reports, and may open the page."""
    command = shutil.which("fc-list")
    if command is None:
        return Finding(True, "字体：本机没有 fc-list，无法查看；网页用读者自己机器上的字体")
    try:
        listed = subprocess.run([command, ":lang=zh-cn", "family"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return Finding(True, "字体：fc-list 没有回应，无法查看")
    families = sorted({line.split(",")[0].strip() for line in listed.stdout.splitlines() if line.strip()})
    if not families:
        text = "字体：本机没有中文字体，本机浏览器和报告里的图会显示方框；Debian 上可装 fonts-noto-cjk"
        return Finding(True, text)
    return Finding(True, f"字体：有中文字体 {len(families)} 种，例如 {families[0]}")


def _port(port: int = _PORT) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, reuse_option(), 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            text = f"端口：{port} 现在用不了（{error.strerror}）；如果不是本服务正在运行，请用 --port 换一个"
            return Finding(True, text)
    return Finding(True, f"端口：{port} 空闲")


def _outside(tabs: Sequence[Tab]) -> Iterator[Finding]:
    """Whether what we send to browsers names another host. The page's policy forbids it to load from there anyway."""
    from assistant.app import page_script, page_style
    from assistant.guard import content_policy, dress_page
    from assistant.plain import PLAIN_POLICY, plain_page, plain_style

    pages = (dress_page('<html lang="en"><head></head></html>', "x", "x"), plain_page("", ""))
    texts = (page_script(tabs), page_style(tabs), plain_style(), *pages)
    named = sorted({found for text in texts for found in outside_hosts(text)})
    policies = f"{content_policy('x')}; {PLAIN_POLICY}"
    if named or _ELSEWHERE.search(policies):
        yield Finding(False, f"外部请求：网页里写着别处的地址（{'、'.join(named[:3])}）")
    else:
        yield Finding(True, "外部请求：0，网页的脚本和样式不含别处的地址，安全策略只许连本服务")


def outside_hosts(text: str) -> Sequence[str]:
    """Addresses of other hosts in a script, a style sheet or a page, those of comments and licences too."""
    return [match.group() for match in _ELSEWHERE.finditer(text)]
