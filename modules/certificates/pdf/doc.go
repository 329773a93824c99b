// Package pdf prints certificates: A4 landscape, the QR code as vectors, a
// font of its own in which no character is ever missing. What it prints is
// handed to it in words; it decides nothing.
//
// The font is LXGW WenKai (SIL Open Font License 1.1, font/OFL.txt), cut into
// three parts by scripts/tools/certificate-fonts.sh. Nearly every certificate
// needs the first only; the others are read when a name asks for them.
package pdf
