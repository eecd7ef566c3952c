"""Pictures of a tile server under the maps, and what is left of the pages when it is gone."""

import re
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.database import Store
from tests.api.world import build
from tests.browser.accessibility import violations
from tests.browser.conftest import ROOT, Server, sign_in_to
from tests.browser.target_page import open_target, type_circle
from tests.hotspot_world import import_months
from tests.serving import served

pytestmark = pytest.mark.browser

TILE = re.compile(r"/\d+/\d+/\d+\.png")
WHOSE = "Made-up Tiles & Co"
SIDE = 256
# Whether pictures are there, and are those of the tile server.
SEEN = """(address) => {
  const tiles = [...document.querySelectorAll("img.leaflet-tile")];
  return tiles.length > 0
    && tiles.every((each) => each.complete && each.naturalWidth === 256)
    && tiles.every((each) => each.src.startsWith(address));
}"""
REFUSED = """(address) => new Promise((tell) => {
  document.addEventListener("securitypolicyviolation", (event) => tell(event.effectiveDirective));
  const image = new Image();
  image.onload = () => tell("shown");
  image.src = address;
})"""


def picture() -> bytes:
    """A PNG of one colour: 256 pixels square, 8 bits of red, green and blue."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = (b"\x00" + b"\xdc\xeb\xd2" * SIDE) * SIDE
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@dataclass
class TileServer:
    """Where the pictures are, and the paths that were asked for."""

    address: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def tile_server() -> Iterator[TileServer]:
    """Pictures from a server on a free port of this machine."""
    image = picture()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tiles.asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(image)))
            self.end_headers()
            self.wfile.write(image)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        tiles = TileServer(f"http://127.0.0.1:{listening.server_port}")
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield tiles
        finally:
            listening.shutdown()
            thread.join()


@contextmanager
def server_with(tiles: TileServer, folder) -> Iterator[Server]:
    """`geo-alerts serve` on the made world with its crimes, pictures under its maps."""
    store_url = f"sqlite:///{folder / 'world.db'}"
    build(folder, store_url)
    with Store.open(store_url) as made:
        import_months(made, folder)
    address = f"{tiles.address}/{{z}}/{{x}}/{{y}}.png"
    settings = {"GEO_ALERTS_TILES": address, "GEO_ALERTS_TILES_ATTRIBUTION": WHOSE}
    with served(store_url, **settings) as link:
        parts = urlsplit(link)
        yield Server(f"{parts.scheme}://{parts.netloc}", store_url)


def test_pictures_lie_under_every_map_and_nothing_needs_them(page, tmp_path):
    if not (ROOT / "api" / "static" / "manifest.json").is_file():
        pytest.skip("the front end is not built (make install)")
    with tile_server() as other, ExitStack() as listening:
        tiles = listening.enter_context(tile_server())
        with server_with(tiles, tmp_path) as server:
            sign_in_to(page, server, Role.COMMANDER)
            open_target(page, server)
            page.wait_for_function(SEEN, arg=tiles.address)
            expect(page.get_by_role("region", name="Legend")).to_contain_text(WHOSE)
            refused = page.evaluate(REFUSED, f"{other.address}/1/1/1.png")
            assert (refused, other.asked) == ("img-src", [])
            page.goto(f"{server.address}/dashboard")
            page.wait_for_function(SEEN, arg=tiles.address)
            expect(page.get_by_role("region", name="Legend")).to_contain_text(WHOSE)
            page.goto(f"{server.address}/coverage/map")
            page.wait_for_function(SEEN, arg=tiles.address)
            expect(page.get_by_role("contentinfo")).to_contain_text(WHOSE)
            assert all(TILE.fullmatch(path) for path in tiles.asked), tiles.asked
            listening.close()
            open_target(page, server)
            type_circle(page, "SY1 1AA", 400)
            expect(page.locator("#figures")).to_be_visible()
            assert violations(page) == []
