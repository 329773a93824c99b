#!/usr/bin/env bash
# Makes the fonts of printed certificates (modules/certificates/pdf/font) from
# LXGW WenKai (OFL 1.1; Debian fonts-lxgw-wenkai): "base" holds GB 2312 and
# Latin and prints nearly every certificate; "more" and "rare" hold the rest of
# the font and are read only when a name needs them.
. "$(dirname "$0")/../lib.sh"
need_packages fonts-lxgw-wenkai fonttools
font=/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf
out="$ROOT/modules/certificates/pdf/font"
lists="$(mktemp -d)"
trap 'rm -rf "$lists"' EXIT
/usr/bin/python3 - "$lists" "$font" <<'PY'
import sys
from fontTools.ttLib import TTFont
lists, font = sys.argv[1:3]
have = set(TTFont(font).getBestCmap())
def decodes(c, codec):
    try: chr(c).encode(codec); return True
    except UnicodeEncodeError: return False
base = {c for c in have if decodes(c, 'gb2312') or c < 0x180 or 0x2000 <= c < 0x2070 or c in (0x00B7, 0x2014, 0x2022)}
more = {c for c in have - base if c < 0x10000 and decodes(c, 'gbk')}
rare = {c for c in have - base - more if 0x3400 <= c}
for name, chars in (('base', base), ('more', more), ('rare', rare)):
    open(f'{lists}/{name}', 'w').write('\n'.join(f'U+{c:04X}' for c in sorted(chars)))
PY
for part in base more rare; do
  pyftsubset "$font" --unicodes-file="$lists/$part" --output-file="$lists/$part.ttf" --no-hinting --desubroutinize \
    --layout-features='' --name-IDs='*' --glyph-names --notdef-outline
  gzip -9 -n -c "$lists/$part.ttf" >"$out/$part.ttf.gz"
done
ls -l "$out"
