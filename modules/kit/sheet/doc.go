// Package sheet reads the tables people really send and writes the ones they
// get: .xlsx, and .csv in UTF-8, UTF-16 or GB18030.
//
// Reading is streamed and refuses what is not whole: broken, encrypted, old or
// swollen files each with their own fault. Sheets are read with archive/zip and
// encoding/xml rather than excelize, because excelize's row stream does not
// tell a number from a text (an identity number that became a number has lost
// digits, whatever it looks like), ends without an error where the XML breaks
// off, and unpacks the whole workbook first. Workbooks are written with
// excelize.
//
// Every written text is neutralised (Neutral): a spreadsheet program must not
// run it. Owns: nothing stored.
package sheet
