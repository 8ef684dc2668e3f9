"""Which characters documents can show, known without any font: what the bundled fonts cover together, as code points.

A test holds the table to the fonts; `python -m tests.documents.printable_points` writes it anew.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_POINTS: Final = """
0-377 37a-37f 384-38a 38c 38e-3a1 3a3-525 52f 531-556 559-55f 561-587 589-58a 5b0-5c3 5c6-5c7 5d0-5ea 5f0-5f4
606-607 609-60a 60c 615 61b-61c 61f 621-63a 640-655 657 65a 660-670 674 679-6bf 6c6-6c8 6cb-6cc 6ce 6d0 6d5 6f0-6f9
7c0-7e7 7eb-7f5 7f8-7fa 900-97f e3f e81-e82 e84 e87-e88 e8a e8d e94-e97 e99-e9f ea1-ea3 ea5 ea7 eaa-eab ead-eb9
ebb-ebd ec0-ec4 ec6 ec8-ecd ed0-ed9 edc-edd 10a0-10c5 10d0-10fc 1401-1407 1409-141b 141d-1435 1437-144a 144c-1452
1454-14bd 14c0-14ea 14ec-1507 1510-153e 1540-1550 1552-156a 1574-1585 158a-1596 15a0-15af 15de 15e1 1646-1647
166e-1676 1680-169c 180b-180e 1cd0-1cf6 1cf8-1cf9 1d00-1d14 1d16-1d23 1d26-1d2e 1d30-1d5b 1d5d-1d6a 1d77-1d78 1d7b
1d7d 1d85 1d9b-1df5 1dfc-1f15 1f18-1f1d 1f20-1f45 1f48-1f4d 1f50-1f57 1f59 1f5b 1f5d 1f5f-1f7d 1f80-1fb4 1fb6-1fc4
1fc6-1fd3 1fd6-1fdb 1fdd-1fef 1ff2-1ff4 1ff6-1ffe 2000-2071 2074-208e 2090-209c 20a0-20b5 20b8-20ba 20bc-20bf
20d0-20d1 20d6-20d7 20db-20de 20e1 20e3 20e8 20f0 2100-2109 210b-2149 214b 214d-214e 2150-2186 2189 2190-2311
2318-2321 2324-2328 232b-232c 2373-2375 237a 237d 2380 2387 238b 2394 239b-23ae 23ce-23cf 23e3 23e5 23e8-23f3
23f8-23fa 2422-2423 2460-2469 24b6-24cf 24ea 2500-269c 269e-26b8 26bd-26be 26c0-26c5 26c8 26ce-26cf 26d1 26d3-26d4
26e2 26e9-26ea 26f0-26f5 26f7-26fa 26fd 2701-275e 2761-27bf 27c5-27c6 27e0 27e6-27eb 27ef-28ff 2906-2907 290a-290b
2913 2934-2935 2940-2941 2983-2984 29ce-29d5 29eb 29fa-29fb 2a00-2a02 2a0c-2a1c 2a2f 2a38 2a6a-2a6b 2a7d-2aa0
2aae-2aba 2af9-2afa 2b00-2b1c 2b1f-2b24 2b50 2b53-2b55 2c60-2c77 2c79-2c7f 2d00-2d25 2d30-2d65 2d6f 2dff 2e18 2e1f
2e22-2e25 2e2e 3030 303d 3297 3299 4dc0-4dff a4d0-a4ff a644-a647 a64c-a64d a650-a651 a654-a657 a662-a66e a68a-a68d
a694-a695 a698-a699 a69f a708-a716 a71b-a71f a722-a72b a730-a741 a746-a74b a74e-a753 a756-a757 a764-a767 a780-a783
a789-a78e a790-a791 a7a0-a7aa a7f8-a7ff a8e0-a8ff a92e d800-e000 e002-e05e e06a-e0bd e0c8-e0cc e0dc-e0e6 e0f3-e0f5
e106 e109-e10a e10c-e10f e111-e113 e117-e118 e121-e122 e124 e12a-e15e e163 e1c3 e1d2-e1df e1e1-e2dc ee01-ee07
ee09-ee0a ee0c-ee12 ee14 ee17 ee1d-ee45 ee47-ee84 ee87-eed6 eed8-eee1 ef00-ef19 f000-f003 f400-f426 f428-f441 f6c3
f6c5 fb00-fb06 fb13-fb17 fb1d-fb36 fb38-fb3c fb3e fb40-fb41 fb43-fb44 fb46-fb4f fb52-fba3 fbaa-fbad fbd3-fbdc
fbde-fbdf fbe4-fbe9 fbfc-fbff fe00-fe0f fe20-fe23 fe70-fe74 fe76-fefc feff fff0-fffe 10300-1031e 10320-10323
1d300-1d356 1d538-1d539 1d53b-1d53e 1d540-1d544 1d546 1d54a-1d550 1d552-1d56b 1d5a0-1d5d3 1d7d8-1d7eb 1ee00-1ee03
1ee05-1ee1f 1ee21-1ee22 1ee24 1ee27 1ee29-1ee32 1ee34-1ee37 1ee39 1ee3b 1ee61-1ee62 1ee64 1ee67-1ee6a 1ee6c-1ee72
1ee74-1ee77 1ee79-1ee7c 1ee7e 1f004 1f030-1f093 1f0a0-1f0ae 1f0b1-1f0be 1f0c1-1f0cf 1f0d1-1f0df 1f12f-1f149
1f16a-1f16b 1f170-1f171 1f17e-1f17f 1f18e 1f191-1f19a 1f1e6-1f1ff 1f201-1f202 1f21a 1f22f 1f232-1f23a 1f250-1f251
1f300-1f321 1f324-1f393 1f396-1f397 1f399-1f39b 1f39e-1f3f0 1f3f3-1f3f5 1f3f7-1f4fd 1f4ff-1f53d 1f549-1f54e
1f550-1f567 1f56f-1f570 1f573-1f57a 1f587 1f58a-1f58d 1f590 1f595-1f596 1f5a4-1f5a5 1f5a8 1f5b1-1f5b2 1f5bc
1f5c2-1f5c4 1f5d1-1f5d3 1f5dc-1f5de 1f5e1 1f5e3 1f5e8 1f5ef 1f5f3 1f5fa-1f64f 1f680-1f6c5 1f6cb-1f6d2 1f6d5-1f6d9
1f6dc-1f6e5 1f6e9 1f6eb-1f6ec 1f6f0 1f6f3-1f6fc 1f7e0-1f7eb 1f7f0 1f850 1f852 1f90c-1f93a 1f93c-1f945 1f947-1f9ff
1fa70-1fa7c 1fa80-1fac6 1fac8 1facc-1fadd 1fadf-1faeb 1faef-1fafa e0000-e0fff fe4e5-fe4ee fe82c fe82e-fe837
"""


def printable_points() -> list[tuple[int, int]]:
    """The first and last code point of each span that can be shown."""
    spans = [span.partition("-") for span in _POINTS.split()]
    return [(int(first, 16), int(last or first, 16)) for first, _, last in spans]


_UNPRINTABLE: Final = re.compile(
    "[^" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in printable_points()) + "]"
)


def unprintable(text: str) -> str:
    """The characters that no font has, each once, in the order of their code points; a document shows � for each."""
    if text.isascii():
        return ""
    found = _UNPRINTABLE.findall(unicodedata.normalize("NFC", text))
    return "".join(sorted(set(found))) if found else ""
