// Package pdf prints certificates: A4 landscape, with frame, seal and QR code,
// on kit/pdf. What it prints is handed to it in words; it decides nothing.
package pdf
