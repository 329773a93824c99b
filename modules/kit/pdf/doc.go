// Package pdf is what every printed page is made with: a font of its own in
// which no character is ever missing, text that fits, the QR code as vectors.
// It knows nothing of what is printed.
//
// The font is LXGW WenKai (SIL Open Font License 1.1, font/OFL.txt), cut into
// three parts by scripts/tools/pdf-fonts.sh. Nearly every page needs the first
// only; the others are read when a name asks for them.
package pdf
