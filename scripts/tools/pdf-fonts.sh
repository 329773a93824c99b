#!/usr/bin/env bash
# Makes the fonts of printed pages (modules/kit/pdf/font) from
# LXGW WenKai (OFL 1.1; Debian fonts-lxgw-wenkai): "base" holds GB 2312 and
# Latin and prints nearly every certificate; "rare" holds the characters beyond
# GBK that names are written with, "more" the rest of GBK. The last two are read
# only when a name needs them. The licence asks that a changed font does not
# bear the reserved name, so the parts are called CareCert Kai.
#
#   scripts/tools/pdf-fonts.sh
#
# The result is committed: a build needs neither the font nor fonttools.
. "$(dirname "$0")/../lib.sh"
need_packages fonts-lxgw-wenkai fonttools
font=/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf
out="$ROOT/modules/kit/pdf/font"
/usr/bin/python3 - "$font" "$out" <<'PY'
import gzip, io, sys
from fontTools import subset
from fontTools.ttLib import TTFont

source, out = sys.argv[1:3]
have = set(TTFont(source).getBestCmap())

def encodes(c, codec):
    try:
        chr(c).encode(codec)
        return True
    except UnicodeEncodeError:
        return False

base = {c for c in have if encodes(c, 'gb2312') or c < 0x180 or 0x2000 <= c < 0x2070}
more = {c for c in have - base if c < 0x10000 and encodes(c, 'gbk')}
rare = {c for c in have - base - more if c >= 0x3400}

for name, characters in (('base', base), ('more', more), ('rare', rare)):
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(hinting=False, desubroutinize=True, layout_features=[], notdef_outline=True,
                             glyph_names=False, name_IDs=['*'], name_languages=['*'], recalc_timestamp=False)
    cut = subset.Subsetter(options)
    cut.populate(unicodes=characters)
    cut.subset(font)
    kept = []
    for record in font['name'].names:
        if record.platformID == 3 and record.langID != 0x409:
            continue
        if record.nameID in (1, 3, 4, 16, 18):
            record.string = f'CareCert Kai {name}'
        elif record.nameID == 6:
            record.string = f'CareCertKai-{name}'
        kept.append(record)
    font['name'].names = kept
    raw = io.BytesIO()
    font.save(raw)
    with open(f'{out}/{name}.ttf.gz', 'wb') as f, gzip.GzipFile('', 'wb', 9, f, mtime=0) as z:
        z.write(raw.getvalue())
    print(f'{name}: {len(characters)} characters, {len(raw.getvalue())} bytes')
PY
ls -l "$out"
